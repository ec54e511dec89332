import { gzipSync } from 'node:zlib';
import type { Octokit } from '@octokit/rest';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type Clone, type Served, serveForTest, workflow } from '../server/served.ts';
import { storeKinds, type TestStore } from '../store/stores.ts';
import { octokitOf } from './octokit.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const kind = storeKinds[1];
const of = { owner: 'octo', repo: 'walk' };
let store: TestStore;
let served: Served;
let octokit: Octokit;
let clone: Clone;
let sha: string;

beforeAll(async () => {
  if (kind.unavailable !== null) return;
  store = await kind.create();
  served = await serveForTest({ location: store.location });
  octokit = octokitOf(served);
  clone = await served.project('octo/walk', {
    'a.txt': 'a\n',
    ...workflow(
      'ci.yml',
      'on: { push: { branches: [main] } }\njobs:\n  a: { runs-on: ubuntu-latest, steps: [{ run: "true" }] }\n',
    ),
  });
  await clone.git('push', '--quiet', 'origin', 'main');
  sha = await clone.git('rev-parse', 'HEAD');
});
beforeEach((context) => {
  if (kind.unavailable !== null) context.skip(kind.unavailable);
});
afterAll(async () => {
  await served?.close();
  await store?.close();
});

test.each([
  ['GET', 'actions/runs'],
  ['GET', 'check-runs'],
  ['PATCH', 'check-runs'],
  ['GET', 'check-suites'],
  ['GET', 'code-scanning/alerts'],
  ['GET', 'deployments'],
  ['GET', 'issues/comments'],
  ['GET', 'pulls'],
  ['GET', 'releases'],
  ['GET', 'releases/assets'],
  ['GET', 'actions/artifacts'],
  ['DELETE', 'actions/caches'],
])('%s %s of a number that is too large for PostgreSQL finds nothing', async (method, path) => {
  const { status } = await fetch(`${served.server.url}/api/v3/repos/octo/walk/${path}/99999999999`, {
    method,
    headers: { authorization: `token ${served.token}`, 'content-type': 'application/json' },
    ...(method === 'PATCH' && { body: '{}' }),
  });
  expect(status).toBe(404);
});

test('what clients write is kept in PostgreSQL as in SQLite', async () => {
  const [run] = await served.runs('?project=octo/walk');
  await served.finished(run?.id ?? 0);
  await octokit.repos.createCommitStatus({ ...of, sha, state: 'success', context: 'a' });
  const { data: combined } = await octokit.repos.getCombinedStatusForRef({ ...of, ref: 'main' });
  expect(combined.state).toBe('success');
  const { data: check } = await octokit.checks.create({ ...of, name: 'lint', head_sha: sha });
  await octokit.checks.update({ ...of, check_run_id: check.id, conclusion: 'success' });
  const { data: checks } = await octokit.checks.listForRef({ ...of, ref: 'main' });
  expect(checks.check_runs.map(({ name, conclusion }) => [name, conclusion])).toEqual([
    ['lint', 'success'],
    ['a', 'success'],
  ]);
  const { data: suites } = await octokit.checks.listSuitesForRef({ ...of, ref: 'main' });
  expect(suites).toMatchObject({ total_count: 1, check_suites: [{ conclusion: 'success' }] });
  for (const state of ['in_progress', 'success'] as const) {
    const { data } = await octokit.repos.createDeployment({ ...of, ref: sha, environment: 'staging' });
    if (!('id' in data)) throw new Error(data.message);
    await octokit.repos.createDeploymentStatus({ ...of, deployment_id: data.id, state });
  }
  const { data: deployments } = await octokit.repos.listDeployments({ ...of, environment: 'staging' });
  expect(deployments).toHaveLength(2);
  const { data: release } = await octokit.repos.createRelease({ ...of, tag_name: 'v1' });
  const upload = { ...of, release_id: release.id, name: 'x', url: release.upload_url };
  await octokit.repos.uploadReleaseAsset({ ...upload, data: 'the file' });
  await expect(octokit.repos.createRelease({ ...of, tag_name: 'v1' })).rejects.toMatchObject({ status: 422 });
  const { data: latest } = await octokit.repos.getLatestRelease(of);
  expect(latest.assets).toMatchObject([{ name: 'x', size: 8 }]);
  const results = [{ ruleId: 'R1', message: { text: 'm' } }];
  const sarif = { version: '2.1.0', runs: [{ tool: { driver: { name: 'T' } }, results }] };
  for (let times = 0; times < 2; times += 1) {
    await octokit.codeScanning.uploadSarif({
      ...of,
      commit_sha: sha,
      ref: 'refs/heads/main',
      sarif: gzipSync(JSON.stringify(sarif)).toString('base64'),
    });
  }
  const { data: alerts } = await octokit.codeScanning.listAlertsForRepo(of);
  expect(alerts).toMatchObject([{ rule: { id: 'R1' }, state: 'open' }]);
  const { data: runs } = await octokit.actions.listWorkflowRunsForRepo({ ...of, status: 'success' });
  expect(runs).toMatchObject({ total_count: 1, workflow_runs: [{ conclusion: 'success', head_sha: sha }] });
  const { data: pull } = await pullRequest();
  await octokit.issues.createComment({ ...of, issue_number: pull.number, body: 'hello' });
  const { data: comments } = await octokit.issues.listCommentsForRepo(of);
  expect(comments).toMatchObject([{ body: 'hello' }]);
});

async function pullRequest() {
  await clone.git('switch', '--quiet', '-c', 'topic');
  await clone.commit('topic');
  await clone.git('push', '--quiet', 'origin', 'topic');
  return octokit.pulls.create({ ...of, head: 'topic', base: 'main', title: 'Topic' });
}
