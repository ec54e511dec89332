import type { RepositoryCall } from './github-context.ts';
import type { IssueComment } from './records/comments.ts';
import type { PullRequestRow } from './records/pull-requests.ts';
import { commentShape } from './shapes/comment.ts';
import { linksOf } from './shapes/links.ts';
import { issueShape } from './shapes/pull-request.ts';
import { tellWorkflows } from './tell-workflows.ts';

/** Starts what waits for comments, and shows the comment. */
export async function tellOfComment(call: RepositoryCall, pull: PullRequestRow, comment: IssueComment) {
  const links = linksOf(call);
  const shape = commentShape(links, comment);
  const issue = issueShape(links, pull);
  await tellWorkflows(call, { name: 'issue_comment', payload: { action: 'created', issue, comment: shape } });
  return shape;
}
