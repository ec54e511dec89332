import type { Review } from '../../pull-requests/pull-request.ts';
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

/** @see https://docs.github.com/en/rest/pulls/pulls */
export function pullRequestShape(links: Links, pull: PullRequestRow, repository: object) {
  const { api, html, server } = links;
  const { id, number, title, body, author, state, draft, merge_sha, merged_by } = pull;
  const url = `${api}/pulls/${number}`;
  const owner = html.slice(server.length + 1).split('/', 1)[0] ?? '';
  const side = (ref: string, sha: string) => ({
    label: `${owner}:${ref}`,
    ref,
    sha,
    user: userShape(owner, server),
    repo: repository,
  });
  return {
    url,
    id,
    node_id: nodeId('PullRequest', id),
    html_url: `${html}/pull/${number}`,
    diff_url: `${html}/pull/${number}.diff`,
    patch_url: `${html}/pull/${number}.patch`,
    issue_url: `${api}/issues/${number}`,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${api}/pulls/comments{/number}`,
    comments_url: `${api}/issues/${number}/comments`,
    statuses_url: `${api}/statuses/${pull.head_sha}`,
    number,
    state: state === 'open' ? 'open' : 'closed',
    locked: false,
    title,
    body,
    user: userShape(author, server),
    labels: [],
    milestone: null,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    created_at: timeText(pull.created_at),
    updated_at: timeText(pull.updated_at),
    closed_at: timeOrNull(pull.closed_at),
    merged_at: timeOrNull(pull.merged_at),
    merge_commit_sha: pull.merge_commit_sha ?? merge_sha,
    head: side(pull.head_ref, pull.head_sha),
    base: side(pull.base_ref, pull.base_sha),
    author_association: pull.is_outside === 1 ? 'CONTRIBUTOR' : 'MEMBER',
    auto_merge: null,
    draft: draft === 1,
    merged: state === 'merged',
    mergeable: state === 'open' ? merge_sha !== null : null,
    mergeable_state: state !== 'open' ? 'unknown' : merge_sha === null ? 'dirty' : 'clean',
    merged_by: merged_by === null ? null : userShape(merged_by, server),
    maintainer_can_modify: false,
    _links: {
      self: { href: url },
      html: { href: `${html}/pull/${number}` },
      issue: { href: `${api}/issues/${number}` },
      comments: { href: `${api}/issues/${number}/comments` },
      review_comments: { href: `${url}/comments` },
      commits: { href: `${url}/commits` },
      statuses: { href: `${api}/statuses/${pull.head_sha}` },
    },
  };
}

/** @see https://docs.github.com/en/rest/pulls/reviews */
export function reviewShape({ api, html, server }: Links, review: Review) {
  const { id, number, reviewer, verdict, body, head_sha, submitted_at, dismissed_at } = review;
  return {
    id,
    node_id: nodeId('PullRequestReview', id),
    user: userShape(reviewer, server),
    body,
    state: dismissed_at === null ? verdict.replace('-', '_').toUpperCase() : 'DISMISSED',
    html_url: `${html}/pull/${number}#pullrequestreview-${id}`,
    pull_request_url: `${api}/pulls/${number}`,
    submitted_at: timeText(submitted_at),
    commit_id: head_sha,
    author_association: review.may_write === 1 ? 'MEMBER' : 'CONTRIBUTOR',
  };
}
