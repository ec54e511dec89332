import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GitRepository } from '../git-repository.ts';
import { type FakeGithub, startFakeGithub } from './fake-github.ts';
import { type Served, serveForTest } from './served.ts';

const runProgram = promisify(execFile);
const secret = 'a-secret-of-the-webhook';
const token = 'github-token-of-the-project';
const name = 'octo/remote';
let served: Served;
let github: FakeGithub;
let origin: GitRepository;
let webhookUrl: string;

beforeAll(async () => {
  origin = new GitRepository({
    'message.txt': 'from GitHub\n',
    '.github/workflows/ci.yml': `name: CI
on: [push, pull_request, pull_request_target]
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: cat message.txt; echo "$GITHUB_EVENT_NAME $GITHUB_SERVER_URL secret=\${{ secrets.DEPLOY_KEY }}"
  never:
    if: false
    runs-on: ubuntu-latest
    steps: [{ run: exit 1 }]
  broken:
    needs: build
    runs-on: ubuntu-latest
    steps: [{ run: exit 3 }]
`,
  });
  github = await startFakeGithub(token);
  served = await serveForTest();
  const created = await served.ask<{ webhookUrl: string }>('POST', '/projects', {
    name,
    source: {
      kind: 'github',
      apiUrl: github.apiUrl,
      cloneUrl: origin.path,
      reports: ['status', 'check-run'],
    },
    webhookSecret: secret,
    githubToken: token,
  });
  expect(created.status).toBe(201);
  webhookUrl = created.body.webhookUrl;
  await served.ask('PUT', `/projects/${name}/secrets/DEPLOY_KEY`, { value: 'deploy-key-value' });
});
afterAll(async () => {
  await served?.close();
  await github?.close();
  origin?.remove();
});

function pushOf(sha: string, before: string) {
  return {
    ref: 'refs/heads/main',
    before,
    after: sha,
    head_commit: { id: sha, message: 'change' },
    commits: [],
    repository: { full_name: name, default_branch: 'main' },
    sender: { login: 'monalisa' },
  };
}

async function runsOf(event: string) {
  for (;;) {
    const runs = await served.runs(`?project=${name}&event=${event}`);
    if (runs.length > 0) return runs;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('a webhook that is unsigned, signed by another secret or for another repository changes nothing and is counted', async () => {
  const payload = pushOf('1'.repeat(40), '0'.repeat(40));
  const event = 'push';
  const unsigned = { status: 401, body: { error: { code: 'unauthorized' } } };
  expect(await github.send(webhookUrl, { event, payload, secret: null })).toMatchObject(unsigned);
  expect(await github.send(webhookUrl, { event, payload, secret: 'another' })).toMatchObject(unsigned);
  const foreign = { ...payload, repository: { full_name: 'octo/other' } };
  expect(await github.send(webhookUrl, { event, payload: foreign, secret })).toMatchObject(unsigned);
  expect(await served.runs(`?project=${name}`)).toEqual([]);
  const metrics = await (await fetch(`${served.server.url}/metrics`)).text();
  expect(metrics).toContain('slipway_webhook_deliveries_total{outcome="unsigned"} 3');
});

test('a ping is answered', async () => {
  const payload = { zen: 'Keep it logically awesome.', repository: { full_name: name } };
  expect(await github.send(webhookUrl, { event: 'ping', payload, secret })).toEqual({
    status: 200,
    body: { outcome: 'pong' },
  });
});

test('a push is fetched, runs, and is told of until GitHub takes it; the same delivery again changes nothing', async () => {
  const sha = origin.git('rev-parse', 'HEAD').trim();
  const payload = pushOf(sha, '0'.repeat(40));
  github.refuse(3, 502);
  const webhook = { event: 'push', payload, secret, delivery: 'delivery-1' };
  expect(await github.send(webhookUrl, webhook)).toEqual({ status: 202, body: { outcome: 'accepted' } });
  expect(await github.send(webhookUrl, webhook)).toEqual({ status: 200, body: { outcome: 'duplicate' } });
  const [run] = await runsOf('push');
  expect(run).toMatchObject({ sha, actor: 'monalisa', ref: 'refs/heads/main' });
  expect(await served.finished(run?.id ?? 0)).toMatchObject({ conclusion: 'failure' });
  expect(await served.log(run?.id ?? 0, 'build')).toContain('from GitHub\npush');
  const path = `/repos/${name}/statuses/${sha}`;
  const told = await github.told(({ body, path: at }) => at === path && body.state === 'success');
  expect(told.body).toMatchObject({
    context: 'CI / build (push)',
    description: expect.stringMatching(/^Successful/),
  });
  await github.told(({ body }) => body.context === 'CI / broken (push)' && body.state === 'failure');
  const check = await github.told(({ body }) => body.name === 'CI / broken' && body.status === 'completed');
  expect(check.body).toMatchObject({ head_sha: sha, conclusion: 'failure' });
  await github.told(({ body }) => body.name === 'CI / never' && body.conclusion === 'skipped');
  // A skipped job must not look like one that passed.
  const ofSkipped = github.reported.filter(({ body }) => body.context === 'CI / never (push)');
  expect(ofSkipped.filter(({ body }) => body.state !== 'pending')).toEqual([]);
  expect(await served.runs(`?project=${name}`)).toHaveLength(1);
});

test('a workflow file that cannot be read is told of as failed, and the others run', async () => {
  const before = origin.git('rev-parse', 'HEAD').trim();
  origin.write(
    '.github/workflows/broken.yml',
    'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    stepz: []\n',
  );
  origin.commit('break a file');
  const sha = origin.git('rev-parse', 'HEAD').trim();
  await github.send(webhookUrl, { event: 'push', payload: pushOf(sha, before), secret });
  const file = '.github/workflows/broken.yml';
  const status = await github.told(({ body }) => body.context === `${file} (push)`);
  expect(status).toMatchObject({
    path: `/repos/${name}/statuses/${sha}`,
    body: { state: 'failure', description: expect.stringMatching(/^Line \d: /) },
  });
  await github.told(({ body }) => body.name === file && body.conclusion === 'failure');
  await github.told(({ body, path }) => body.context === 'CI / build (push)' && path.endsWith(sha));
  origin.git('rm', '--quiet', file);
  origin.commit('mend it');
});

test('a pull request of a fork runs on its merge without secrets once it is approved, and its target with them', async () => {
  const base = origin.git('rev-parse', 'HEAD').trim();
  origin.git('switch', '--quiet', '-c', 'theirs');
  origin.write('message.txt', 'from a fork\n');
  origin.commit('fork');
  const head = origin.git('rev-parse', 'HEAD').trim();
  origin.git('switch', '--quiet', 'main');
  origin.git('update-ref', 'refs/pull/5/head', head);
  origin.git('merge', '--quiet', '--no-ff', '-m', 'merge', 'theirs');
  const merge = origin.git('rev-parse', 'HEAD').trim();
  origin.git('update-ref', 'refs/pull/5/merge', merge);
  origin.git('reset', '--quiet', '--hard', base);
  origin.git('branch', '-D', '--quiet', 'theirs');
  const payload = {
    action: 'opened',
    number: 5,
    pull_request: {
      number: 5,
      state: 'open',
      merged: false,
      merge_commit_sha: null,
      head: { ref: 'theirs', sha: head, repo: { full_name: 'stranger/remote', fork: true } },
      base: { ref: 'main', sha: base, repo: { full_name: name } },
    },
    repository: { full_name: name, default_branch: 'main' },
    sender: { login: 'stranger' },
  };
  await github.send(webhookUrl, { event: 'pull_request', payload, secret });
  const [ofTarget] = await runsOf('pull_request_target');
  expect(await served.runs(`?project=${name}&event=pull_request`)).toEqual([]);
  const approved = await served.ask('POST', `/projects/${name}/pull-requests/5/runs/approve`, { sha: head });
  expect(approved).toMatchObject({
    status: 200,
    body: { heldRuns: [{ headSha: head, decidedBy: 'admin' }] },
  });
  const [ofPull] = await runsOf('pull_request');
  expect(ofPull).toMatchObject({ sha: merge, ref: 'refs/pull/5/merge' });
  expect(ofTarget).toMatchObject({ sha: base, ref: 'refs/heads/main' });
  await served.finished(ofPull?.id ?? 0);
  await served.finished(ofTarget?.id ?? 0);
  expect(await served.log(ofPull?.id ?? 0, 'build')).toMatch(/from a fork\npull_request \S+ secret=\n/);
  expect(await served.log(ofTarget?.id ?? 0, 'build')).toMatch(
    /from GitHub\npull_request_target \S+ secret=\*\*\*\n/,
  );
  // Its status is at the commit that people see in the pull request.
  await github.told(({ path }) => path === `/repos/${name}/statuses/${head}`);
});

test('the mirror is read by jobs and not pushed to', async () => {
  const url = served.server.url.replace('://', `://x:${served.token}@`);
  // Not by a call that blocks: the server is in this process.
  const git = async (...args: string[]) => (await runProgram('git', args, { cwd: origin.path })).stdout;
  expect(await git('ls-remote', `${url}/${name}.git`)).toContain('refs/heads/main');
  await expect(git('push', `${url}/${name}.git`, 'HEAD:refs/heads/x')).rejects.toThrow();
});
