import type { IssueComment } from '../records/comments.ts';
import { type Links, nodeId, timeText } from './links.ts';
import { userShape } from './user.ts';

/** @see https://docs.github.com/en/rest/issues/comments */
export function commentShape({ api, html, server }: Links, comment: IssueComment) {
  const { id, number, body, author, created_at, updated_at } = comment;
  return {
    id,
    node_id: nodeId('IssueComment', id),
    url: `${api}/issues/comments/${id}`,
    html_url: `${html}/pull/${number}#issuecomment-${id}`,
    issue_url: `${api}/issues/${number}`,
    body,
    user: userShape(author, server),
    author_association: 'MEMBER',
    created_at: timeText(created_at),
    updated_at: timeText(updated_at),
    performed_via_github_app: null,
  };
}
