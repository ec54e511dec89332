import type { PullRequestRow } from '../records/pull-requests.ts';
import { type Links, nodeId, timeText } from './links.ts';
import { userShape } from './user.ts';

/** A pull request where GitHub shows it as an issue. */
export function issueShape({ api, html, server }: Links, pull: PullRequestRow) {
  const { id, number, title, body, author, state, created_at, updated_at, closed_at, merged_at } = pull;
  const url = `${api}/issues/${number}`;
  return {
    id,
    node_id: nodeId('PullRequest', id),
    number,
    title,
    body,
    user: userShape(author, server),
    state: state === 'open' ? 'open' : 'closed',
    state_reason: null,
    locked: false,
    labels: [],
    assignee: null,
    assignees: [],
    milestone: null,
    comments: 0,
    url,
    repository_url: api,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: `${html}/pull/${number}`,
    created_at: timeText(created_at),
    updated_at: timeText(updated_at),
    closed_at: timeOrNull(closed_at),
    author_association: 'MEMBER',
    pull_request: {
      url: `${api}/pulls/${number}`,
      html_url: `${html}/pull/${number}`,
      diff_url: `${html}/pull/${number}.diff`,
      patch_url: `${html}/pull/${number}.patch`,
      merged_at: timeOrNull(merged_at),
    },
  };
}

export function timeOrNull(at: number | null): string | null {
  return at === null ? null : timeText(at);
}
