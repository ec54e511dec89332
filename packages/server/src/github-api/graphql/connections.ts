/** What a list is asked with. */
export interface ListArguments {
  first?: number | null;
  last?: number | null;
  after?: string | null;
}

const most = 100;

/** A part of a list in GraphQL's form; cursors are places in it. */
export function connection<Item>(all: readonly Item[], { first, last, after }: ListArguments) {
  const begin = after == null ? 0 : Number(Buffer.from(after, 'base64').toString()) || 0;
  const rest = all.slice(begin);
  const size = Math.min(most, first ?? last ?? most);
  const nodes = last != null && first == null ? rest.slice(-size) : rest.slice(0, size);
  const end = begin + nodes.length;
  return {
    nodes,
    edges: nodes.map((node) => ({ node })),
    totalCount: all.length,
    issueCount: all.length,
    pageInfo: {
      hasNextPage: first != null && end < all.length,
      endCursor: nodes.length === 0 ? null : Buffer.from(String(end)).toString('base64'),
    },
  };
}

/** Of things that there are none of here. */
export const none = () => connection([], {});
