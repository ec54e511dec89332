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
        'on: push\njobs:\n  a: { runs-on: ubuntu-latest, steps: [{ run: echo kept }] }\n',
      ),
    });
    if (name === 'octo/short') await served.ask('PATCH', '/projects/octo/short', { retentionDays: 2 });
    await clone.git('push', '--quiet', 'origin', 'main');
  }
  const [long, short] = await served.runs();
  const ids = { short: short?.id ?? 0, long: long?.id ?? 0 };
  await served.finished(ids.long);
  expect(await served.finished(ids.short)).toMatchObject({ expiresAt: clock.now + 2 * dayMs });
  const job = await served.job(ids.short, 'a', () => true);
  clock.now += 2 * dayMs - 1;
  await served.ask('GET', '/runners');
  expect((await served.ask('GET', `/runs/${ids.short}`)).status).toBe(200);
  clock.now += 1;
  while ((await served.ask('GET', `/runs/${ids.short}`)).status !== 404) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect((await served.ask('GET', `/jobs/${job.id}/log`)).status).toBe(404);
  expect(await served.log(ids.long, 'a')).toContain('kept');
  expect(await served.runs()).toMatchObject([{ id: ids.long }]);
});
