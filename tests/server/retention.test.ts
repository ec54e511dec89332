import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Served, serveForTest, workflow } from './served.ts';

const dayMs = 24 * 60 * 60_000;
const clock = { now: Date.parse('2026-03-02T00:00:00Z') };
let served: Served;

beforeAll(async () => {
  served = await serveForTest({ now: () => clock.now, tidyEveryMs: 100 });
});
afterAll(() => served.close());

test('a finished run is kept for as long as its project says, and then gone with its log', async () => {
  for (const name of ['octo/short', 'octo/long']) {
    const clone = await served.project(name, {
      ...workflow(
        'ci.yml',
        'on: push\njobs:\n  a: { runs-on: ubuntu-latest, environment: stage, steps: [{ run: echo kept }] }\n',
      ),
    });
    await served.ask('PUT', `/projects/${name}/environments/stage`, { waitMs: 1_000 });
    if (name === 'octo/short') await served.ask('PATCH', '/projects/octo/short', { retentionDays: 2 });
    await clone.git('push', '--quiet', 'origin', 'main');
  }
  const [long, short] = await served.runs();
  const ids = { short: short?.id ?? 0, long: long?.id ?? 0 };
  // The wait timer of the environment.
  await served.job(ids.long, 'a', ({ waiting }) => waiting !== null);
  await served.job(ids.short, 'a', ({ waiting }) => waiting !== null);
  clock.now += 1_000;
  await served.finished(ids.long);
  expect(await served.finished(ids.short)).toMatchObject({ expiresAt: clock.now + 2 * dayMs });
  const asked = async () => {
    const { body } = await served.ask<{ approvals: { project: string }[] }>('GET', '/approvals');
    return body.approvals.map(({ project }) => project).toSorted();
  };
  const job = await served.job(ids.short, 'a', () => true);
  expect(await asked()).toEqual(['octo/long', 'octo/short']);
  clock.now += 2 * dayMs - 1;
  await served.ask('GET', '/runners');
  expect((await served.ask('GET', `/runs/${ids.short}`)).status).toBe(200);
  clock.now += 1;
  while ((await served.ask('GET', `/runs/${ids.short}`)).status !== 404) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect((await served.ask('GET', `/jobs/${job.id}/log`)).status).toBe(404);
  expect(await served.log(ids.long, 'a')).toContain('kept');
  expect(await asked()).toEqual(['octo/long']);
  expect(await served.runs()).toMatchObject([{ id: ids.long }]);
});
