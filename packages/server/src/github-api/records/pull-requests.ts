import { currentPullRequest } from '../../pull-requests/follow-branches.ts';
import type { PullRequest } from '../../pull-requests/pull-request.ts';
import { type RepositoryCall, rowParam } from '../github-context.ts';

export type PullRequestRow = PullRequest;

/** The pull request of the path, with its base as that is now. @throws SlipwayError `unknown-pull-request` */
export async function requirePullRequest(call: RepositoryCall): Promise<PullRequestRow> {
  const number = rowParam(call.c, 'number');
  return currentPullRequest(call.context, call.project, number);
}

/** All of them, the newest first. */
export function listPullRequestRows({ context, project }: RepositoryCall): Promise<PullRequestRow[]> {
  return context.store
    .selectFrom('pull_request')
    .selectAll()
    .where('project', '=', project.name)
    .orderBy('number', 'desc')
    .execute();
}
