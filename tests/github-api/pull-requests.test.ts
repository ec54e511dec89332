import type { Octokit } from '@octokit/rest';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Clone, type Served, serveForTest, workflow } from '../server/served.ts';
import { octokitOf } from './octokit.ts';

const owner = 'octo';
const repo = 'pulls';
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
let served: Served;
let octokit: Octokit;
let clone: Clone;

beforeAll(async () => {
  served = await serveForTest({ labels: [] });
  octokit = octokitOf(served);
  clone = await served.project('octo/pulls', {
    'a.txt': 'a\n',
    ...workflow(
      'pr.yml',
      'on: pull_request\njobs:\n  check: { runs-on: ubuntu-latest, steps: [{ run: "true" }] }\n',
    ),
  });
  await clone.git('push', '--quiet', 'origin', 'main');
}, 60_000);
afterAll(() => served.close());

test('octokit opens a pull request, comments on it, reviews and merges it', async () => {
  await clone.git('switch', '--quiet', '-c', 'topic');
  await clone.write({ 'b.txt': 'b\n' });
  const head = await clone.commit('add b');
  await clone.git('push', '--quiet', 'origin', 'topic');
  const { data: made } = await octokit.pulls.create({
    owner,
    repo,
    head: 'octo:topic',
    base: 'main',
    title: 'Add b',
    body: 'It was missing.',
  });
  expect(made).toMatchObject({
    state: 'open',
    mergeable: true,
    changed_files: 1,
    commits: 1,
    head: { ref: 'topic', sha: head },
    base: { ref: 'main', repo: { full_name: 'octo/pulls' } },
  });
  const pull_number = made.number;
  const [run] = await served.runs('?project=octo/pulls&event=pull_request');
  expect(run).toMatchObject({ ref: `refs/pull/${pull_number}/merge` });
  const { data: runs } = await octokit.actions.listWorkflowRunsForRepo({ owner, repo, head_sha: head });
  expect(runs.workflow_runs).toMatchObject([
    { head_sha: head, head_branch: 'topic', pull_requests: [{ number: pull_number }] },
  ]);
  const { data: again } = await octokit.pulls.list({ owner, repo, head: 'octo:topic' });
  expect(again.map(({ number }) => number)).toEqual([pull_number]);
  const { data: files } = await octokit.pulls.listFiles({ owner, repo, pull_number });
  expect(files).toMatchObject([{ filename: 'b.txt', status: 'added', patch: '@@ -0,0 +1 @@\n+b' }]);
  const { data: comment } = await octokit.issues.createComment({
    owner,
    repo,
    issue_number: pull_number,
    body: '## E2E Test Results',
  });
  await octokit.issues.updateComment({ owner, repo, comment_id: comment.id, body: 'changed' });
  const { data: comments } = await octokit.issues.listComments({ owner, repo, issue_number: pull_number });
  expect(comments).toMatchObject([{ id: comment.id, body: 'changed' }]);
  await octokit.pulls.createReview({ owner, repo, pull_number, event: 'COMMENT', body: 'nice' });
  const { data: reviews } = await octokit.pulls.listReviews({ owner, repo, pull_number });
  expect(reviews).toMatchObject([{ state: 'COMMENTED', body: 'nice', commit_id: head }]);
  await octokit.pulls.update({ owner, repo, pull_number, title: 'Add the file b' });
  await expect(octokit.pulls.checkIfMerged({ owner, repo, pull_number })).rejects.toMatchObject({
    status: 404,
  });
  const stale = octokit.pulls.merge({ owner, repo, pull_number, sha: 'f'.repeat(40) });
  await expect(stale).rejects.toMatchObject({ status: 409 });
  const { data: merged } = await octokit.pulls.merge({ owner, repo, pull_number, merge_method: 'squash' });
  expect(merged.merged).toBe(true);
  await clone.git('fetch', '--quiet', 'origin');
  expect(await clone.git('rev-parse', 'origin/main')).toBe(merged.sha);
  const { data: closed } = await octokit.pulls.get({ owner, repo, pull_number });
  expect(closed).toMatchObject({ title: 'Add the file b', state: 'closed', merged: true });
  const { data: of } = await octokit.repos.listPullRequestsAssociatedWithCommit({
    owner,
    repo,
    commit_sha: head,
  });
  expect(of.map(({ number }) => number)).toEqual([pull_number]);
});

test('a second pull request for the same branches, and one with nothing in it, are refused', async () => {
  await clone.git('push', '--quiet', 'origin', 'main:empty');
  const none = octokit.pulls.create({ owner, repo, head: 'empty', base: 'main', title: 'Nothing' });
  await expect(none).rejects.toMatchObject({ status: 422 });
  const nowhere = octokit.pulls.create({ owner, repo, head: 'nowhere', base: 'main', title: 'Nothing' });
  await expect(nowhere).rejects.toMatchObject({ status: 422 });
  const missing = octokit.issues.createComment({ owner, repo, issue_number: 99, body: 'hello?' });
  await expect(missing).rejects.toMatchObject({ status: 404 });
});
