import { SlipwayError } from '@slipway/contracts/errors';
import { nameOf, type Permission } from '../../access/permission.ts';
import { enterRepository, type RepositoryCall } from '../github-context.ts';
import { listPullRequestRows } from '../records/pull-requests.ts';
import { connection, type ListArguments } from './connections.ts';
import { enterPullRequest } from './enter-pull-request.ts';
import { pullRequestNode } from './pull-request-node.ts';
import { repositoryNode } from './repository-node.ts';
import { actorNode } from './user-node.ts';

type Caller = Pick<RepositoryCall, 'c' | 'context'>;

/** What gh asks for. */
export function queriesOf(caller: Caller) {
  return {
    viewer: () => ({ ...actorNode(nameOf(caller.c.var.principal)), __typename: 'User' }),
    repository: async ({ owner, name }: { owner: string; name: string }) =>
      repositoryNode(await enterHosted(caller, `${owner}/${name}`, 'metadata.read')),
    async node({ id }: { id: string }) {
      const { call, row } = await enterPullRequest(caller, id, ['pull-request.read']);
      return pullRequestNode(call, row);
    },
    search: ({ query, ...list }: ListArguments & { query: string }) => search(caller, query, list),
  };
}

/** Pull requests of a repository by their state, author and branch, as `gh pr status` and `gh pr list --search` look for them. */
async function search(caller: Caller, query: string, list: ListArguments) {
  const terms = new Map(
    [...query.matchAll(/(?:^|\s)([a-z-]+):"?([^\s"]+)"?/g)].map(([, key = '', value = '']) => [key, value]),
  );
  const name = terms.get('repo');
  // Nobody is asked for reviews by name here.
  if (name === undefined || terms.has('review-requested')) return connection([], list);
  const call = await enterHosted(caller, name, 'pull-request.read');
  const author = terms.get('author')?.replace(/^@me$/, nameOf(call.c.var.principal));
  const state =
    terms.get('state') ??
    (['open', 'closed', 'merged'].includes(terms.get('is') ?? '') ? terms.get('is') : undefined);
  const found = (await listPullRequestRows(call)).filter(
    (row) =>
      (author === undefined || row.author === author.toLowerCase() || row.author === author) &&
      (state === undefined || (state === 'closed' ? row.state !== 'open' : row.state === state)) &&
      (!terms.has('head') || row.head_ref === terms.get('head')) &&
      (!terms.has('base') || row.base_ref === terms.get('base')),
  );
  return connection(
    found.map((row) => pullRequestNode(call, row)),
    list,
  );
}

/** @throws SlipwayError `forbidden`, `unknown-project`, `not-hosted`: of others gh asks GitHub itself */
async function enterHosted(caller: Caller, name: string, permission: Permission): Promise<RepositoryCall> {
  const call = await enterRepository(caller, name, [permission]);
  if (call.project.settings.source.kind === 'hosted') return call;
  throw new SlipwayError('not-hosted', { message: `${call.project.name} is on GitHub: ask there.` });
}
