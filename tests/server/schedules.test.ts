import { afterEach, expect, test } from 'vitest';
import { type Served, serveForTest, workflow } from './served.ts';

const hourMs = 60 * 60_000;
const opened: Served[] = [];
afterEach(() => Promise.all(opened.splice(0).map((served) => served.close())));

const job =
  'jobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{ run: \'echo "by ${{ github.event.schedule }}"\' }]\n';

/** A server whose clock is moved by the test. */
async function serveAt(start: string) {
  const clock = { now: Date.parse(start) };
  const served = await serveForTest({ now: () => clock.now });
  opened.push(served);
  return { served, clock };
}

async function schedulesOf(served: Served, name: string) {
  const { body } = await served.ask<{ schedules: { cron: string; timezone: string; nextAt: number }[] }>(
    'GET',
    `/projects/${name}/schedules`,
  );
  return body.schedules.map(
    ({ cron, timezone, nextAt }) => `${cron} ${timezone} ${new Date(nextAt).toISOString()}`,
  );
}

async function runCount(served: Served, name: string, count: number) {
  for (;;) {
    const runs = await served.runs(`?project=${name}&event=schedule`);
    if (runs.length >= count) return runs;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('a schedule of the default branch starts its workflow when its time has come, in its zone', async () => {
  const { served, clock } = await serveAt('2026-03-02T05:00:00Z');
  const clone = await served.project('octo/nightly', {
    ...workflow(
      'nightly.yml',
      `on:\n  schedule:\n    - { cron: '30 7 * * *', timezone: Europe/Berlin }\n    - cron: '0 12 * * 1'\n${job}`,
    ),
  });
  await clone.git('push', '--quiet', 'origin', 'main', 'main:other');
  expect(await schedulesOf(served, 'octo/nightly')).toEqual([
    '30 7 * * * Europe/Berlin 2026-03-02T06:30:00.000Z',
    '0 12 * * 1 UTC 2026-03-02T12:00:00.000Z',
  ]);
  clock.now = Date.parse('2026-03-02T06:29:59Z');
  expect(await served.runs('?event=schedule')).toEqual([]);
  clock.now = Date.parse('2026-03-02T06:30:00Z');
  const [run] = await runCount(served, 'octo/nightly', 1);
  expect(run).toMatchObject({ ref: 'refs/heads/main', workflowPath: '.github/workflows/nightly.yml' });
  await served.finished(run?.id ?? 0);
  expect(await served.log(run?.id ?? 0, 'a')).toContain('by 30 7 * * *');
  expect((await schedulesOf(served, 'octo/nightly'))[1]).toContain('2026-03-03T06:30:00.000Z');
  await clone.write(workflow('nightly.yml', `on: push\n${job}`));
  await clone.commit('no schedule any more');
  await clone.git('push', '--quiet', 'origin', 'main');
  expect(await schedulesOf(served, 'octo/nightly')).toEqual([]);
});

test('what was missed while no server ran comes once, or not at all where the project says so', async () => {
  const { served, clock } = await serveAt('2026-03-02T00:30:00Z');
  for (const name of ['octo/once', 'octo/skip']) {
    const clone = await served.project(
      name,
      workflow('h.yml', `on: { schedule: [{ cron: '0 * * * *' }] }\n${job}`),
    );
    await clone.git('push', '--quiet', 'origin', 'main');
  }
  const { status } = await served.ask('PATCH', '/projects/octo/skip', { schedules: { missed: 'skip' } });
  expect(status).toBe(200);
  clock.now += 26 * hourMs;
  const [run] = await runCount(served, 'octo/once', 1);
  await served.finished(run?.id ?? 0);
  const next = '0 * * * * UTC 2026-03-03T03:00:00.000Z';
  while ((await schedulesOf(served, 'octo/skip'))[0] !== next)
    await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await schedulesOf(served, 'octo/once')).toEqual([next]);
  expect(await served.runs('?event=schedule')).toHaveLength(1);
});
