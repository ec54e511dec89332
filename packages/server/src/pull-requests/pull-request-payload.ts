import type { Payload } from '@slipway/workflow/triggers';
import type { PullRequest } from './pull-request.ts';

/**
 * A pull request as GitHub's webhooks show it, as far as it is not made from git. That of somebody from outside looks like one of a fork:
 * what workflows and Slipway itself do to be safe from forks then holds for it too.
 * @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request
 */
export function pullRequestPayload(row: PullRequest, publicUrl: string): Payload {
  const { project, number } = row;
  const [owner = '', name = ''] = project.split('/');
  const api = `${publicUrl}/api/v3/repos/${project}`;
  const page = `${publicUrl}/${project}/pull/${number}`;
  const author = { login: row.author, type: 'User' };
  const fork = { full_name: `${row.author}/${name}`, fork: true };
  return {
    id: row.id,
    number,
    state: row.state === 'open' ? 'open' : 'closed',
    draft: row.draft === 1,
    title: row.title,
    body: row.body === '' ? null : row.body,
    user: author,
    author_association: row.is_outside === 1 ? 'NONE' : 'COLLABORATOR',
    merged: row.state === 'merged',
    mergeable: row.merge_sha !== null,
    merge_commit_sha: row.state === 'merged' ? row.merge_commit_sha : row.merge_sha,
    merged_by: row.merged_by === null ? null : { login: row.merged_by, type: 'User' },
    created_at: timeText(row.created_at),
    updated_at: timeText(row.updated_at),
    closed_at: timeText(row.closed_at),
    merged_at: timeText(row.merged_at),
    url: `${api}/pulls/${number}`,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: `${api}/issues/${number}`,
    commits_url: `${api}/pulls/${number}/commits`,
    comments_url: `${api}/issues/${number}/comments`,
    review_comments_url: `${api}/pulls/${number}/comments`,
    statuses_url: `${api}/statuses/${row.head_sha}`,
    head: {
      ref: row.head_ref,
      sha: row.head_sha,
      label: `${row.is_outside === 1 ? row.author : owner}:${row.head_ref}`,
      ...(row.is_outside === 1 && { user: author, repo: fork }),
    },
    base: { ref: row.base_ref, sha: row.base_sha, label: `${owner}:${row.base_ref}` },
  };
}

function timeText(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
