import { expect, test } from 'vitest';
import { drive, job, keysOf, planOf } from './driven-runs.fixture.ts';

test('runs of one concurrency group follow each other', async () => {
  const workflow = `on: push\nconcurrency: deploy\njobs:\n`;
  const plan = planOf({ 'a.yml': workflow + job('a'), 'b.yml': workflow + job('b') });
  const { events, runs, runner } = drive(plan, () => 'held');
  expect(keysOf(runner)).toEqual(['a']);
  runner.started[0]?.end();
  (await runner.whenStarted('b')).end();
  expect((await runs.finished).map(({ conclusion }) => conclusion)).toEqual(['success', 'success']);
  const kinds = events.map(({ kind, runId }) => `${kind} ${runId}`);
  expect(kinds.indexOf('run.started run-2')).toBeGreaterThan(kinds.indexOf('run.finished run-1'));
});

test('a newer run cancels the one in progress where its workflow says so', async () => {
  const workflow = `on: push\nconcurrency:\n  group: deploy\n  cancel-in-progress: true\njobs:\n`;
  const plan = planOf({ 'a.yml': workflow + job('a'), 'b.yml': workflow + job('b') });
  const { runs, runner } = drive(plan, ({ request }) => (request.jobKey === 'a' ? 'held' : {}));
  const results = await runs.finished;
  expect(keysOf(runner)).toEqual(['b']);
  expect(results.map(({ conclusion }) => conclusion)).toEqual(['cancelled', 'success']);
  expect(results[0]?.jobs[0]).toMatchObject({ id: 'a', conclusion: 'cancelled' });
});

test('a newer leg cancels the one in progress where its job says so', async () => {
  const concurrency = 'concurrency:\n  group: deploy\n  cancel-in-progress: true';
  const plan = planOf({
    'ci.yml': `on: push\njobs:\n${job('wait')}${job('a', concurrency)}${job('b', `needs: wait\n${concurrency}`)}`,
  });
  const { runs, runner } = drive(plan, ({ request }) => (request.jobKey === 'b' ? {} : 'held'));
  runner.started[0]?.end();
  const [result] = await runs.finished;
  expect(runner.started.find(({ request }) => request.jobKey === 'a')?.cancelledFor).toContain("'deploy'");
  expect(result?.jobs.map(({ id, conclusion }) => [id, conclusion])).toEqual([
    ['wait', 'success'],
    ['a', 'cancelled'],
    ['b', 'success'],
  ]);
});

test('a job waits for its concurrency group, and people are told who holds it', async () => {
  const concurrency = 'concurrency:\n  group: staging\n  queue: max';
  const plan = planOf({
    'ci.yml': `on: push\njobs:\n${job('a', concurrency)}${job('b', concurrency)}${job('c', concurrency)}`,
  });
  const { events, runs, runner } = drive(plan, () => 'held');
  expect(keysOf(runner)).toEqual(['a']);
  expect(events.find((event) => event.kind === 'job.waiting')).toMatchObject({
    jobKey: 'b',
    reason: "the concurrency group 'staging' is held by a",
  });
  for (const key of ['a', 'b', 'c']) (await runner.whenStarted(key)).end();
  expect((await runs.finished)[0]?.conclusion).toBe('success');
});

test('runs that wait for each other do not wait for ever', async () => {
  const plan = planOf({
    'a.yml': `on: push\nconcurrency: main\njobs:\n${job('a', 'needs: b')}`,
    'b.yml': `on: push\nconcurrency: main\njobs:\n${job('b')}`,
  });
  const { runs } = drive(plan);
  const results = await runs.finished;
  expect(results.map(({ conclusion }) => conclusion)).toEqual(['skipped', 'cancelled']);
  expect(results[1]?.jobs[0]?.reason).toContain("'main', which is held by what waits for it");
});
