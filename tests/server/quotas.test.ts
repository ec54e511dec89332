import { randomBytes } from 'node:crypto';
import type { UsageAnswer } from '@slipway/contracts/api/usage';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resultsActionFiles } from '../results/bundle-action.ts';
import { runSlipway } from '../slipway-process.ts';
import { type Served, serveForTest, workflow } from './served.ts';

const dayMs = 24 * 60 * 60_000;
const clock = { later: 0 };
let served: Served;

beforeAll(async () => {
  served = await serveForTest({ now: () => Date.now() + clock.later, tidyEveryMs: 100 });
}, 120_000);
afterAll(() => served.close());

async function usageOf(name: string): Promise<UsageAnswer> {
  return (await served.ask<UsageAnswer>('GET', `/projects/${name}/usage`)).body;
}

async function until(is: () => Promise<boolean>): Promise<void> {
  while (!(await is())) await new Promise((resolve) => setTimeout(resolve, 50));
}

async function pushed(name: string): Promise<number> {
  const [run] = await served.runs(`?project=${name}`);
  return run?.id ?? 0;
}

test('an artifact over the quota is refused with what there is, and caches make room for newer ones', async () => {
  const steps = (keys: string[]) => keys.map((key) => `      - { uses: ./act, with: ${key} }`).join('\n');
  const clone = await served.project('octo/full', {
    ...(await resultsActionFiles()),
    'deps/random': randomBytes(9_000).toString('base64'),
    ...workflow(
      'ci.yml',
      `on: push
jobs:
  caches:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
${steps(['{ do: save, name: deps-1, path: deps }', '{ do: save, name: deps-2, path: deps }'])}
  artifacts:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
${steps(['{ do: upload, name: first, path: deps/random }', '{ do: upload, name: second, path: deps/random }'])}
`,
    ),
  });
  const quotas = { artifacts: 15_000, caches: 15_000 };
  expect((await served.ask('PATCH', '/projects/octo/full', { quotas })).status).toBe(200);
  await clone.git('push', '--quiet', 'origin', 'main');
  const runId = await pushed('octo/full');
  expect(await served.finished(runId)).toMatchObject({ conclusion: 'failure' });
  expect(await served.log(runId, 'artifacts')).toMatch(
    /the artifacts of octo\/full take 12 KiB of the 15 KiB of its quota, and this one 12 KiB/,
  );
  const { body: artifacts } = await served.ask('GET', `/runs/${runId}/artifacts`);
  expect(artifacts).toMatchObject({ artifacts: [{ name: 'first' }] });
  const { body: caches } = await served.ask('GET', '/projects/octo/full/caches');
  expect(caches).toMatchObject({ caches: [{ key: 'deps-2' }] });
  expect(await usageOf('octo/full')).toMatchObject({
    artifacts: { quotaBytes: 15_000, usedBytes: expect.any(Number) },
    logs: { usedBytes: expect.any(Number), quotaBytes: 10 * 1024 ** 3 },
  });
  const metrics = await (await fetch(`${served.server.url}/metrics`)).text();
  expect(metrics).toMatch(/slipway_project_storage_bytes\{project="octo\/full",kind="artifacts"\} 12\d\d\d/);
  expect(metrics).toContain('slipway_project_quota_bytes{project="octo/full",kind="artifacts"} 15000');
  expect(metrics).toContain('slipway_run_duration_seconds_count{conclusion="failure"} 1');
}, 120_000);

test('the oldest logs go when there are too many, and say so', async () => {
  const clone = await served.project('octo/talks', {
    ...workflow(
      'ci.yml',
      'on: push\njobs:\n  a: { runs-on: ubuntu-latest, steps: [{ run: "yes words | head -c 20000" }] }\n',
    ),
  });
  await served.ask('PATCH', '/projects/octo/talks', { quotas: { logs: 30_000 } });
  await clone.git('push', '--quiet', 'origin', 'main');
  const first = await pushed('octo/talks');
  await served.finished(first);
  expect(await served.log(first, 'a')).toContain('words');
  await clone.commit('again');
  await clone.git('push', '--quiet', 'origin', 'main');
  const second = await pushed('octo/talks');
  await served.finished(second);
  const { id } = await served.job(first, 'a', () => true);
  await until(async () => (await served.ask('GET', `/jobs/${id}/log`)).status !== 200);
  expect(await served.ask('GET', `/jobs/${id}/log`)).toMatchObject({
    status: 410,
    body: { error: { code: 'log-removed' } },
  });
  expect(await served.log(second, 'a')).toContain('words');
  expect((await usageOf('octo/talks')).logs.usedBytes).toBeLessThan(30_000);
}, 120_000);

test('kept jobs go when they are over the quota, and after a week', async () => {
  const clone = await served.project('octo/fails', {
    ...workflow(
      'ci.yml',
      'on: push\njobs:\n  a: { runs-on: ubuntu-latest, steps: [{ run: head -c 20000 /dev/urandom > f }, { run: exit 1 }] }\n',
    ),
  });
  const rerun = (runId: number) => served.ask('POST', `/runs/${runId}/rerun`, { fromStep: '2' });
  await clone.git('push', '--quiet', 'origin', 'main');
  const first = await pushed('octo/fails');
  await served.finished(first);
  const { keptJobs } = await usageOf('octo/fails');
  expect(keptJobs.usedBytes).toBeGreaterThan(20_000);
  await served.ask('PATCH', '/projects/octo/fails', { quotas: { keptJobs: 30_000 } });
  await clone.commit('again');
  await clone.git('push', '--quiet', 'origin', 'main');
  const second = await pushed('octo/fails');
  await served.finished(second);
  await until(async () => (await usageOf('octo/fails')).keptJobs.usedBytes < 30_000);
  expect(await rerun(first)).toMatchObject({ status: 409, body: { error: { code: 'not-kept' } } });
  expect((await usageOf('octo/fails')).keptJobs.usedBytes).toBeGreaterThan(20_000);
  clock.later = 7 * dayMs + 1_000;
  await until(async () => (await usageOf('octo/fails')).keptJobs.usedBytes === 0);
  expect(await rerun(second)).toMatchObject({ status: 409, body: { error: { code: 'not-kept' } } });
}, 120_000);

test('the command line sets quotas and shows what is used of them', async () => {
  await served.project('octo/shown', {});
  const env = { SLIPWAY_SERVER: served.server.url, SLIPWAY_TOKEN: served.token };
  const args = ['project', 'set', 'octo/shown', '--quota', 'artifacts=2G', '--keep-failed-jobs', 'off'];
  args.push('--quota', 'bundles=3G', '--rollback-releases', '2');
  const { stdout, status } = await runSlipway(args, { cwd: served.data, env });
  expect({ status, stdout }).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/artifacts +0 B of 2\.0 GiB/),
  });
  expect(stdout).toMatch(/caches +0 B of 10 GiB/);
  expect(stdout).toMatch(/failed jobs +are not kept/);
  expect(stdout).toMatch(/bundles +0 B of 3\.0 GiB/);
  expect(stdout).toMatch(
    /bundles are kept +90 days, and as long as an environment could go back to them: 2 releases/,
  );
}, 120_000);
