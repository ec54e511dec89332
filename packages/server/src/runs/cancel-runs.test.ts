import { expect, test } from 'vitest';
import { drive, job, keysOf, planOf } from './driven-runs.fixture.ts';

const cleanedUp = `on: push
jobs:
${job('work')}${job('next', 'needs: work')}${job('clean-up', 'needs: [work, next]\nif: always()')}`;

test('a cancelled run still runs its always() jobs', async () => {
  const { runs, runner } = drive(planOf({ 'ci.yml': cleanedUp }), ({ request }) =>
    request.jobKey === 'work' ? 'held' : {},
  );
  runs.cancel('Ctrl-C');
  const [result] = await runs.finished;
  expect(runner.started[0]?.cancelledFor).toBe('Ctrl-C');
  expect(keysOf(runner)).toEqual(['work', 'clean-up']);
  expect(result).toMatchObject({
    conclusion: 'cancelled',
    jobs: [
      { id: 'work', conclusion: 'cancelled' },
      { id: 'next', conclusion: 'skipped', reason: 'the run was cancelled' },
      { id: 'clean-up', conclusion: 'success' },
    ],
  });
});

test('a killed run starts nothing more and kills what runs', async () => {
  const { runs, runner } = drive(planOf({ 'ci.yml': cleanedUp }), () => 'held');
  runs.kill('Ctrl-C twice');
  const [result] = await runs.finished;
  expect(runner.started.map(({ killed }) => killed)).toEqual([true]);
  expect(Object.fromEntries(result?.jobs.map(({ id, conclusion }) => [id, conclusion]) ?? [])).toEqual({
    work: 'cancelled',
    next: 'cancelled',
    'clean-up': 'cancelled',
  });
});

test('an aborted signal cancels the runs', async () => {
  const abort = new AbortController();
  const { runs, runner } = drive(
    planOf({ 'ci.yml': cleanedUp }),
    ({ request }) => (request.jobKey === 'work' ? 'held' : {}),
    { signal: abort.signal },
  );
  abort.abort('the terminal went away');
  expect((await runs.finished)[0]?.conclusion).toBe('cancelled');
  expect(runner.started[0]?.cancelledFor).toBe('the terminal went away');
});
