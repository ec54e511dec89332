import { findPullRequest, type PullRequest } from '../../pull-requests/pull-request.ts';
import { numberParam, type RepositoryCall } from '../github-context.ts';

export type PullRequestRow = PullRequest;

/** The pull request of the path. @throws SlipwayError `unknown-pull-request` */
export async function requirePullRequest(call: RepositoryCall): Promise<PullRequestRow> {
  const number = Math.min(numberParam(call.c, 'number'), 2 ** 31 - 1);
  return findPullRequest(call.context.store, { project: call.project.name, number });
}
