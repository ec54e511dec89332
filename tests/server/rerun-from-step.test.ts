import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import type { RunAnswer } from '@slipway/contracts/api/runs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { runSlipway, startSlipway } from '../slipway-process.ts';
import { type Clone, type Served, serveForTest, workflow } from './served.ts';

let served: Served;
let clone: Clone;
let folder: string;
const runners: ChildProcess[] = [];

/** Fails at its third step until the file `good` is there. */
const failing = (folder: string) => `on: workflow_dispatch
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - id: prepare
        run: |
          echo "prepared in attempt $GITHUB_RUN_ATTEMPT"
          echo built > built; pwd > where; echo "token=$KEY" > .npmrc
          echo "VARIABLE=from prepare" >> "$GITHUB_ENV"
          echo "WITH_SECRET=<$KEY>" >> "$GITHUB_ENV"
          echo "WHERE=$PWD/built" >> "$GITHUB_ENV"
          echo "$PWD/bin" >> "$GITHUB_PATH"
          echo "word=hello" >> "$GITHUB_OUTPUT"
        env: { KEY: "\${{ secrets.KEY }}" }
      - name: Check
        run: |
          echo "[$VARIABLE, \${#WITH_SECRET}, $(cat "$WHERE"), \${{ steps.prepare.outputs.word }}, $(cat greeting.txt)]"
          case "$PATH" in "$PWD/bin:"*) echo "PATH is of here";; esac
          [ "$(cat where)" = "$PWD" ] && echo "the same place"
          [ -e .npmrc ] || echo "no .npmrc"
          git log -1 --format="of commit %s"
          test -e ${folder}/good
      - name: Last
        run: echo "last in attempt $GITHUB_RUN_ATTEMPT"
  after:
    needs: test
    runs-on: ubuntu-latest
    steps: [{ run: echo "after it" }]
`;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'slipway-from-step-'));
  served = await serveForTest({ labels: [] });
  clone = await served.project('octo/steps', {
    'greeting.txt': 'hello there',
    ...workflow('ci.yml', failing(folder)),
  });
  await clone.git('push', '--quiet', 'origin', 'main');
  await served.ask('PUT', '/projects/octo/steps/secrets/KEY', { value: 'very-secret-key' });
});
afterEach(async () => {
  await Promise.all(
    runners.splice(0).map(async (child) => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }),
  );
  rmSync(path.join(folder, 'good'), { force: true });
});
afterAll(async () => {
  await served.close();
  rmSync(folder, { recursive: true, force: true });
});

function startRunner(home: string): void {
  const args = [
    'runner',
    '--server',
    served.server.url,
    '--token',
    served.token,
    '--labels',
    'ubuntu-latest',
  ];
  const env = { SLIPWAY_HOME: path.join(folder, home), SLIPWAY_SERVER: undefined, SLIPWAY_TOKEN: undefined };
  const child = startSlipway([...args, '--name', `runner-${home}`], { cwd: folder, env });
  child.stdout?.resume();
  child.stderr?.resume();
  runners.push(child);
}

async function stopRunners(): Promise<void> {
  for (const child of runners.splice(0)) {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
}

async function failOnce(): Promise<number> {
  const { body } = await served.ask<{ runId: number }>('POST', '/projects/octo/steps/dispatches', {
    workflow: 'ci.yml',
  });
  expect(await served.finished(body.runId)).toMatchObject({ conclusion: 'failure', attempt: 1 });
  return body.runId;
}

function rerun(runId: number, ...args: string[]) {
  const env = { SLIPWAY_SERVER: served.server.url, SLIPWAY_TOKEN: served.token };
  return runSlipway(['rerun', String(runId), ...args], { cwd: folder, env });
}

/** Everything that the server has in its folder, archives unpacked. */
function keptBytes(): Buffer {
  const files = globSync('**/*', { cwd: path.join(served.data, 'blobs'), withFileTypes: true });
  return Buffer.concat(
    files
      .filter((entry) => entry.isFile())
      .map((entry) => zstdDecompressSync(readFileSync(path.join(entry.parentPath, entry.name)))),
  );
}

test('a failed job goes on from its step, with workspace, variables, PATH and outputs, and what needs it follows', async () => {
  startRunner('one');
  const runId = await failOnce();
  const first = await served.log(runId, 'test');
  expect(first).toContain('prepared in attempt 1');
  expect(first).toMatch(/Kept for 'slipway rerun --from-step': at the server, \d/);
  expect(keptBytes().includes('built')).toBe(true);
  expect(keptBytes().includes('very-secret-key')).toBe(false);
  writeFileSync(path.join(folder, 'good'), '');
  const { status, stdout } = await rerun(runId, '--from-step', 'check');
  expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining('attempt 2') });
  expect(await served.finished(runId)).toMatchObject({ conclusion: 'success', attempt: 2 });
  const log = await served.log(runId, 'test');
  expect(log).toContain("Going on from step 3 'Check', as the job was before it");
  expect(log).toContain('[from prepare, 17, built, hello, hello there]');
  expect(log).toContain('PATH is of here');
  expect(log).toContain('\nthe same place\n');
  expect(log).toContain('last in attempt 2');
  expect(log).not.toContain('prepared in');
  // Secrets come again with the claim; a file that holds one is not kept, and the log says which.
  expect(log).toContain('\nno .npmrc\n');
  expect(log).toMatch(/Not kept, because it holds what was masked: .*steps\/steps\/\.npmrc/);
  expect(await served.log(runId, 'after')).toContain('after it');
  expect(served.trouble).toEqual([]);
}, 120_000);

test('another runner with another folder goes on as well, as often as it takes', async () => {
  startRunner('one');
  const runId = await failOnce();
  await stopRunners();
  startRunner('two');
  expect((await rerun(runId, '--from-step', '3', '--job', 'test')).status).toBe(0);
  expect(await served.finished(runId)).toMatchObject({ conclusion: 'failure', attempt: 2 });
  const second = await served.log(runId, 'test');
  expect(second).toContain('[from prepare, 17, built, hello, hello there]');
  expect(second).toContain('PATH is of here');
  expect(second).not.toContain('\nthe same place\n');
  expect(second).toContain('\nof commit first\n');
  expect(second).toMatch(/The job's folder was \S+\/one\/work\/\d+\/1 and is \S+\/two\/work\//);
  await stopRunners();
  startRunner('three');
  writeFileSync(path.join(folder, 'good'), '');
  expect((await rerun(runId, '--from-step', 'Check')).status).toBe(0);
  expect(await served.finished(runId)).toMatchObject({ conclusion: 'success', attempt: 3 });
  const third = await served.log(runId, 'test');
  expect(third).toContain('\nof commit first\n');
  expect(third).toContain('last in attempt 3');
}, 120_000);

test('what can not be gone on from is refused with what there is', async () => {
  startRunner('one');
  const runId = await failOnce();
  const asking = async (body: object) => {
    const answer = await served.ask<{ error: { code: string; message: string } }>(
      'POST',
      `/runs/${runId}/rerun`,
      body,
    );
    return { status: answer.status, ...answer.body.error };
  };
  expect(await asking({ fromStep: 'Chek' })).toEqual({
    status: 404,
    code: 'unknown-step',
    field: 'fromStep',
    message:
      'The job test has no step Chek; it has: Run actions/checkout@v4, Run echo "prepared in attempt $GITHUB_RUN_ATTEMPT", Check, Last.',
  });
  expect(await asking({ fromStep: 'prepare' })).toMatchObject({
    status: 409,
    code: 'not-kept',
    message: expect.stringContaining("go on from 'Check', which failed"),
  });
  expect(await asking({ fromStep: 'Check', job: 'nothing' })).toMatchObject({ code: 'unknown-job' });
  expect(await asking({ fromStep: 'Check', jobs: 'failed' })).toMatchObject({ code: 'bad-request' });
  const { status, stderr } = await rerun(runId, '--from-step', 'Check', '--failed');
  expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining('--from-step') });
}, 120_000);

test('where failed jobs are not kept, or no more, a rerun from a step says so', async () => {
  await served.ask('PATCH', '/projects/octo/steps', { keepFailedJobs: false });
  startRunner('one');
  const runId = await failOnce();
  await served.ask('PATCH', '/projects/octo/steps', { keepFailedJobs: true });
  expect(await served.log(runId, 'test')).not.toContain('Kept for');
  const { status, stderr } = await rerun(runId, '--from-step', 'Check');
  expect({ status, stderr }).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('No job of the run is kept'),
  });
  const { body } = await served.ask<RunAnswer>('GET', `/runs/${runId}`);
  expect(body).toMatchObject({ attempt: 1, conclusion: 'failure' });
}, 120_000);
