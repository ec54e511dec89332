import { existsSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { HeldRunsAnswer } from '@slipway/contracts/api/pull-requests';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type People, peopleOf } from '../identity/people.ts';
import { resultsActionFiles } from '../results/bundle-action.ts';
import { type Served, serveForTest, workflow } from '../server/served.ts';
import { runSlipway } from '../slipway-process.ts';
import { type ForkedProject, forkedProject } from './forked-project.ts';

let served: Served;
let people: People;
let folder: string;
const forks: ForkedProject[] = [];

beforeEach(async () => {
  served = await serveForTest();
  people = peopleOf(served);
  folder = mkdtempSync(path.join(tmpdir(), 'slipway-attack-'));
});
afterEach(async () => {
  await served.close();
  await Promise.all(forks.splice(0).map((fork) => fork.close()));
  await rm(folder, { recursive: true, force: true });
});

async function forked(files: Record<string, string>, settings: object = {}): Promise<ForkedProject> {
  const project = await forkedProject(served, files, settings);
  forks.push(project);
  return project;
}

const plain = (on: string) =>
  workflow('ci.yml', `on: ${on}\njobs:\n  a: { runs-on: ubuntu-latest, steps: [{ run: 'true' }] }\n`);

async function held(name: string, count: number): Promise<HeldRunsAnswer['heldRuns']> {
  for (;;) {
    const { body } = await served.ask<HeldRunsAnswer>('GET', `/projects/${name}/held-runs`);
    if (body.heldRuns.length === count) return body.heldRuns;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const approve = (name: string, number: number, sha: string) =>
  served.ask<{ error: { code: string } }>('POST', `/projects/${name}/pull-requests/${number}/runs/approve`, {
    sha,
  });

test('1 a fork’s pull request that edits the workflow gets no secret, no identity, and a token that only reads', async () => {
  const fork = await forked(plain('pull_request'));
  await served.ask('PUT', `/projects/${fork.name}/secrets/DEPLOY_KEY`, { value: 'deploy-key-value' });
  const sha = await fork.pull(1, {
    '.github/workflows/ci.yml': `on: pull_request
permissions: write-all
jobs:
  steal:
    runs-on: ubuntu-latest
    env: { TOKEN: "\${{ github.token }}", API: "\${{ github.api_url }}" }
    steps:
      - run: |
          echo "secret=[$(echo -n "\${{ secrets.DEPLOY_KEY }}" | rev)] all=[\${{ join(secrets.*, ',') == github.token }}]"
          echo "identity=[$ACTIONS_ID_TOKEN_REQUEST_URL$ACTIONS_ID_TOKEN_REQUEST_TOKEN]"
          ask() { curl -s -o /dev/null -w '%{http_code}' -X "$1" -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -d "$3" "$API/repos/$GITHUB_REPOSITORY$2"; }
          echo "status=$(ask POST /statuses/$GITHUB_SHA '{"state":"success","context":"required"}')"
          echo "comment=$(ask POST /issues/1/comments '{"body":"x"}')"
          echo "file=$(ask PUT /contents/x '{"message":"x","content":"eA=="}')"
          echo "release=$(ask POST /releases '{"tag_name":"v1"}')"
          git init -q . && git -c user.name=x -c user.email=x@y commit -q --allow-empty -m x
          if git push -q "$(echo "$API" | sed "s#://#://x:$TOKEN@#; s#/api/v3##")/$GITHUB_REPOSITORY.git" HEAD:refs/heads/evil 2>&1; then echo pushed; else echo 'push refused'; fi
`,
  });
  await held(fork.name, 1);
  expect((await approve(fork.name, 1, sha)).status).toBe(200);
  const run = await fork.runOf('pull_request');
  await served.finished(run.id);
  const log = await served.log(run.id, 'steal');
  expect(log).toContain('secret=[] all=[true]\n');
  expect(log).toContain('identity=[]\n');
  for (const what of ['status', 'comment', 'file', 'release']) expect(log).toContain(`${what}=403\n`);
  expect(log).toContain('push refused\n');
  expect(log).not.toMatch(/^pushed$/m);
});

test('2 commits in the name of somebody of the team run nothing: the author of the pull request counts', async () => {
  await people.user('grace');
  const mallory = await people.user('mallory');
  const clone = await served.project('octo/app', plain('pull_request'));
  await served.ask('PUT', '/projects/octo/app/members/grace', { role: 'developer' });
  await served.ask('PUT', '/projects/octo/app/members/mallory', { role: 'reader' });
  await clone.git('push', '--quiet', 'origin', 'main');
  await clone.git('switch', '--quiet', '--create', 'topic');
  await clone.git('config', 'user.name', 'grace');
  await clone.git('config', 'user.email', 'grace@example.com');
  const sha = await clone.commit('Approved-by: grace');
  await clone.git('push', '--quiet', 'origin', 'topic');
  const at = '/projects/octo/app/pull-requests';
  const opened = await people.ask<{ number: number; outside: boolean }>(mallory, 'POST', at, {
    title: 'ok',
    head: 'topic',
  });
  expect(opened).toMatchObject({ status: 201, body: { outside: true } });
  expect(await held('octo/app', 1)).toMatchObject([{ actor: 'mallory', headSha: sha }]);
  const own = await people.ask(mallory, 'POST', `${at}/${opened.body.number}/runs/approve`, { sha });
  expect([own.status, own.body.error.code]).toEqual([403, 'forbidden']);
  expect(await served.runs('?project=octo/app&event=pull_request')).toEqual([]);
  // The same from a fork on GitHub.
  const fork = await forked(plain('pull_request'));
  fork.origin.git('config', 'user.name', 'monalisa');
  await fork.pull(1, { a: 'by monalisa, as it seems' });
  expect(await held(fork.name, 1)).toMatchObject([{ actor: 'stranger' }]);
  expect(await served.runs(`?project=${fork.name}`)).toEqual([]);
});

test('3 what is pushed after an approval waits for another one', async () => {
  const fork = await forked(plain('pull_request'));
  const seen = await fork.pull(1, { a: 'harmless' });
  await held(fork.name, 1);
  expect((await approve(fork.name, 1, seen)).status).toBe(200);
  await served.finished((await fork.runOf('pull_request')).id);
  const pushed = await fork.pull(1, { a: 'harmful' }, 'synchronize');
  expect(await held(fork.name, 1)).toMatchObject([{ headSha: pushed, action: 'synchronize' }]);
  expect(await approve(fork.name, 1, seen)).toMatchObject({
    status: 409,
    body: { error: { code: 'head-moved' } },
  });
  expect(await served.runs(`?project=${fork.name}`)).toHaveLength(1);
  expect((await approve(fork.name, 1, pushed)).status).toBe(200);
  await fork.runOf('pull_request', 2);
});

test('4 a pull request that is closed and opened again waits again, and what waited before is void', async () => {
  const types = '{ pull_request: { types: [opened, reopened, synchronize] } }';
  const fork = await forked(plain(types));
  const files = { a: 'a change' };
  const sha = await fork.pull(1, files);
  const [before] = await held(fork.name, 1);
  await fork.pull(1, files, 'closed');
  await fork.pull(1, files, 'reopened');
  for (;;) {
    const [now] = await held(fork.name, 1);
    if (now?.action === 'reopened') {
      expect(now.id).not.toBe(before?.id);
      break;
    }
  }
  expect(sha).toMatch(/^[0-9a-f]{40}$/);
  expect(await served.runs(`?project=${fork.name}`)).toEqual([]);
});

test('5 names with $(…) in them are lint errors where a script holds them, and inert where an environment does', async () => {
  const evil = path.join(folder, 'executed');
  const branch = `x$(touch\${IFS}${evil})`;
  const title = `"; touch ${evil}; $(touch ${evil}) \`touch ${evil}\``;
  const injected = `on: pull_request
jobs:
  a:
    runs-on: ubuntu-latest
    steps: [{ run: 'echo "\${{ github.head_ref }} \${{ github.event.pull_request.title }}"' }]
`;
  const clone = await served.project('octo/app', {
    ...workflow(
      'ci.yml',
      `on: pull_request
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - env: { TITLE: "\${{ github.event.pull_request.title }}", BRANCH: "\${{ github.head_ref }}" }
        run: |
          echo "title=$TITLE"; echo "branch=$BRANCH"
          for file in files/*; do echo "file=$file"; done
`,
    ),
  });
  await clone.git('push', '--quiet', 'origin', 'main');
  await clone.git('switch', '--quiet', '--create', branch);
  await clone.write({ 'files/$(touch evil)': 'x' });
  await clone.commit('with a name');
  await clone.git('push', '--quiet', 'origin', branch);
  const { status } = await served.ask('POST', '/projects/octo/app/pull-requests', { title, head: branch });
  expect(status).toBe(201);
  const [run] = await served.runs('?project=octo/app&event=pull_request');
  expect(await served.finished(run?.id ?? 0)).toMatchObject({ conclusion: 'success' });
  const log = await served.log(run?.id ?? 0, 'a');
  expect(log).toContain(`title=${title}\n`);
  expect(log).toContain(`branch=${branch}\n`);
  expect(log).toContain('file=files/$(touch evil)\n');
  expect(existsSync(evil)).toBe(false);
  await clone.write(workflow('injected.yml', injected));
  const lint = await runSlipway(['lint', '--format', 'json'], { cwd: clone.directory });
  const found = JSON.parse(lint.stdout) as { code: string; severity: string; file: string }[];
  expect(lint.status).toBe(1);
  const errors = found.filter(({ severity }) => severity === 'error');
  expect(errors.filter(({ file }) => file.endsWith('injected.yml'))).toMatchObject([
    { code: 'untrusted-input', severity: 'error' },
    { code: 'untrusted-input', severity: 'error' },
  ]);
  expect(errors.filter(({ file }) => file.endsWith('ci.yml'))).toEqual([]);
});

test('6 a fork’s pull_request_target may not save into the cache that main restores from', async () => {
  const cached = (word: string) => `      - uses: ./act
        with: { do: ${word}, name: deps-1, path: deps }
`;
  const fork = await forked({
    ...(await resultsActionFiles()),
    ...workflow(
      'target.yml',
      `on: pull_request_target\njobs:\n  poison:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: mkdir deps && echo poison > deps/file\n${cached('save')}`,
    ),
    ...workflow(
      'main.yml',
      `on: push\njobs:\n  use:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n${cached('restore')}      - run: ls deps 2>&1 || true\n`,
    ),
  });
  await fork.pull(1, { a: 'a change' });
  const target = await fork.runOf('pull_request_target');
  await served.finished(target.id);
  expect(await served.log(target.id, 'poison')).toMatch(/not at all|read-only|not be saved/);
  expect((await served.ask('GET', `/projects/${fork.name}/caches`)).body).toEqual({ caches: [] });
  await fork.push({ b: 'a change' });
  const run = await fork.runOf('push');
  expect(await served.finished(run.id)).toMatchObject({ conclusion: 'success' });
  expect(await served.log(run.id, 'use')).toContain('restored undefined');
}, 120_000);

test('9 the artifact of a fork is marked as not to be trusted, and belongs to its own run only', async () => {
  const fork = await forked(
    {
      ...(await resultsActionFiles()),
      ...workflow(
        'build.yml',
        `name: Build
on: pull_request
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: echo evil > report.txt
      - uses: ./act
        with: { do: upload, name: report, path: report.txt }
`,
      ),
      ...workflow(
        'after.yml',
        `on: { workflow_run: { workflows: [Build], types: [completed] } }
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: ./act
        with: { do: list, name: x, path: x }
      - uses: ./act
        with: { do: download, name: report, path: got }
`,
      ),
    },
    { forkApproval: 'none' },
  );
  await fork.pull(1, { a: 'a change' });
  const build = await fork.runOf('pull_request');
  expect(await served.finished(build.id)).toMatchObject({ conclusion: 'success' });
  expect((await served.ask('GET', `/runs/${build.id}/artifacts`)).body).toMatchObject({
    artifacts: [{ name: 'report', runId: build.id, untrusted: true }],
  });
  const after = await fork.runOf('workflow_run');
  expect(await served.finished(after.id)).toMatchObject({ conclusion: 'failure' });
  const log = await served.log(after.id, 'publish');
  expect(log).toContain('listed: nothing');
  expect(log).toMatch(/Artifact not found/i);
}, 120_000);
