import { expect, test } from 'vitest';
import { drive, job, keysOf, planOf } from './driven-runs.fixture.ts';

test('jobs run in the order of their needs, and everything is told in order', async () => {
  const plan = planOf({
    'ci.yml': `name: CI\non: push\njobs:\n${job('build')}${job('test', 'needs: build')}`,
  });
  const { events, runs, runner } = drive(plan);
  const [result] = await runs.finished;
  expect(keysOf(runner)).toEqual(['build', 'test']);
  expect(events.map((event) => ('jobKey' in event ? `${event.kind} ${event.jobKey}` : event.kind))).toEqual([
    'run.queued',
    'run.started',
    'job.planned build',
    'job.progress build',
    'job.concluded build',
    'job.planned test',
    'job.progress test',
    'job.concluded test',
    'run.finished',
  ]);
  expect(result).toMatchObject({
    runId: 'run-1',
    workflow: '.github/workflows/ci.yml',
    workflowName: 'CI',
    conclusion: 'success',
    jobs: [
      { id: 'build', jobKey: 'build', name: 'build', conclusion: 'success' },
      { id: 'test', jobKey: 'test', name: 'test', conclusion: 'success' },
    ],
  });
});

test('at most maxParallel jobs run at a time, and those that wait are told of', async () => {
  const ids = ['a', 'b', 'c', 'd', 'e'];
  const plan = planOf({ 'ci.yml': `on: push\njobs:\n${ids.map((id) => job(id)).join('')}` });
  const { events, runs, runner } = drive(plan, () => 'held', { maxParallel: 2 });
  expect(keysOf(runner)).toEqual(['a', 'b']);
  expect(events.flatMap((event) => (event.kind === 'job.waiting' ? [event.jobKey] : []))).toEqual([
    'c',
    'd',
    'e',
  ]);
  runner.started[1]?.end();
  await runner.whenStarted('c');
  expect(keysOf(runner)).toEqual(['a', 'b', 'c']);
  for (const id of ids) (await runner.whenStarted(id)).end();
  expect((await runs.finished)[0]?.conclusion).toBe('success');
});

test('a matrix is made of the outputs of a job that is needed', async () => {
  const plan = planOf({
    'ci.yml': `on: push
jobs:
${job('list')}${job('each', 'needs: list\nstrategy:\n  matrix:\n    part: ${{ fromJSON(needs.list.outputs.parts) }}')}`,
  });
  const { runs, runner } = drive(plan, ({ request }) =>
    request.jobKey === 'list' ? { outputs: { parts: '["x","y"]' } } : {},
  );
  const [result] = await runs.finished;
  expect(result?.jobs.map(({ name }) => name)).toEqual(['list', 'each (x)', 'each (y)']);
  expect(runner.started[2]?.request.contexts).toMatchObject({
    matrix: { part: 'y' },
    strategy: { 'job-index': 1, 'job-total': 2 },
    needs: { list: { result: 'success', outputs: { parts: '["x","y"]' } } },
  });
});

test('a job whose labels nobody serves is skipped with the reason, and so is what needs it', async () => {
  const plan = planOf({
    'ci.yml': `on: push\njobs:\n  mac:\n    runs-on: macos-latest\n    steps:\n      - run: echo\n${job('after', 'needs: mac')}`,
  });
  const { runs, runner } = drive(plan, undefined, {
    unserved: ([label]) => (label === 'macos-latest' ? 'no runner has macos-latest' : undefined),
  });
  const [result] = await runs.finished;
  expect(runner.started).toEqual([]);
  expect(result).toMatchObject({
    conclusion: 'skipped',
    jobs: [
      { id: 'mac', conclusion: 'skipped', reason: 'no runner has macos-latest' },
      { id: 'after', conclusion: 'skipped', reason: 'it needs mac, which was skipped' },
    ],
  });
});

test('a runner that fails is a failed job, with its message', async () => {
  const plan = planOf({ 'ci.yml': `on: push\njobs:\n${job('build')}` });
  const { runs } = drive(plan, () => {
    throw new Error('no space left on device');
  });
  const [result] = await runs.finished;
  expect(result).toMatchObject({
    conclusion: 'failure',
    jobs: [{ id: 'build', conclusion: 'failure', reason: 'no space left on device' }],
  });
});

test('a job with continue-on-error fails without failing its run', async () => {
  const plan = planOf({
    'ci.yml': `on: push\njobs:\n${job('shaky', 'continue-on-error: true')}${job('next', 'needs: shaky')}`,
  });
  const { runs } = drive(plan, ({ request }) =>
    request.jobKey === 'shaky' ? { conclusion: 'failure' } : {},
  );
  const [result] = await runs.finished;
  expect(result).toMatchObject({ conclusion: 'success' });
  expect(result?.jobs[0]).toMatchObject({
    conclusion: 'success',
    reason: 'it failed, which continue-on-error allows',
  });
});

test('a job may need a job of another workflow of the same event, with its outputs', async () => {
  const plan = planOf({
    'build.yml': `on: push\njobs:\n${job('build-and-push')}`,
    'deploy.yml': `on: push\njobs:\n${job('deploy', 'needs: [build-and-push]')}${job('other')}`,
  });
  const { runs, runner } = drive(plan, ({ request }) =>
    request.jobKey === 'build-and-push' ? { outputs: { digest: 'sha256:1' } } : {},
  );
  const results = await runs.finished;
  expect(keysOf(runner)).toEqual(['build-and-push', 'other', 'deploy']);
  expect(runner.started[2]?.request.contexts.needs).toEqual({
    'build-and-push': { result: 'success', outputs: { digest: 'sha256:1' } },
  });
  expect(results.map(({ conclusion }) => conclusion)).toEqual(['success', 'success']);
});

test('a failure in one workflow skips what needs it in another', async () => {
  const plan = planOf({
    'build.yml': `on: push\njobs:\n${job('build')}`,
    'deploy.yml': `on: push\njobs:\n${job('deploy', 'needs: build')}`,
  });
  const { runs } = drive(plan, () => ({ conclusion: 'failure' }));
  const results = await runs.finished;
  expect(results.map(({ conclusion }) => conclusion)).toEqual(['failure', 'skipped']);
});
