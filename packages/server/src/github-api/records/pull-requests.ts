import type { Selectable } from 'kysely';
import type { PullRequestTable } from '../../store/tables/pull-requests.ts';
import { numberParam, type RepositoryCall } from '../github-context.ts';
import { notFound } from '../github-error.ts';

export type PullRequestRow = Selectable<PullRequestTable>;

/** The pull request of the path. @throws GithubError 404 */
export async function requirePullRequest({ c, context, project }: RepositoryCall): Promise<PullRequestRow> {
  const number = Math.min(numberParam(c, 'number'), 2 ** 31 - 1);
  const row = await context.store
    .selectFrom('pull_request')
    .selectAll()
    .where(({ and }) => and({ project: project.name, number }))
    .executeTakeFirst();
  if (row === undefined) throw notFound();
  return row;
}
