import type { GithubContext, GithubRouter } from '../github-context.ts';

/**
 * GraphQL is not served: whoever asks is told which REST routes to use instead. The answer has GraphQL's form, so that clients show its
 * message.
 */
export function addGraphqlRoute(graphql: GithubRouter, { publicUrl }: GithubContext): void {
  graphql.post('/api/graphql', async (c) => {
    const { query = '' } = (await c.req.json().catch(() => ({}))) as { query?: unknown };
    const name = /\b(?:query|mutation)\s+(\w+)/.exec(String(query))?.[1] ?? 'this query';
    return c.json({
      data: null,
      errors: [
        {
          type: 'NOT_IMPLEMENTED',
          message: `Slipway does not serve GraphQL (${name}). Use the REST interface at ${publicUrl}/api/v3, or the slipway command.`,
        },
      ],
    });
  });
}
