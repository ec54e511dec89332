import { expect, test } from 'vitest';
import { doraFigures, type EndedDeployment } from './dora.ts';

const hour = 60 * 60_000;
const day = 24 * hour;
const period = { fromMs: 0, untilMs: 10 * day };
const ended = (atMs: number, change: Partial<EndedDeployment> = {}): EndedDeployment => ({
  outcome: 'completed',
  haste: 'none',
  endedAtMs: atMs,
  committedAtMs: atMs - 2 * hour,
  failedAtMs: null,
  ...change,
});

test('without deployments there are no rates and no times', () => {
  expect(doraFigures([], period)).toEqual({
    deployments: 0,
    frequencyPerDay: 0,
    leadTimeMs: null,
    failures: 0,
    changeFailureRate: null,
    timeToRestoreMs: null,
  });
});

test('completed changes in the period count, with the median of their lead times', () => {
  const history = [
    ended(-day),
    ended(day, { committedAtMs: day - hour }),
    ended(2 * day, { committedAtMs: 2 * day - 3 * hour }),
    ended(3 * day, { committedAtMs: 3 * day - 50 * hour }),
    ended(20 * day),
  ];
  const figures = doraFigures(history, period);
  expect(figures).toMatchObject({ deployments: 3, frequencyPerDay: 0.3, leadTimeMs: 3 * hour, failures: 0 });
  expect(figures.changeFailureRate).toBe(0);
});

test('what is rolled back on its way failed, and is restored when the old revision serves all', () => {
  const failed = ended(2 * day, { outcome: 'rolled-back', failedAtMs: 2 * day - 30_000 });
  expect(doraFigures([ended(day), failed], period)).toMatchObject({
    deployments: 1,
    failures: 1,
    changeFailureRate: 0.5,
    timeToRestoreMs: 30_000,
  });
});

test('what is taken back after it completed failed too; a fix by going forward is no way back', () => {
  const back = ended(2 * day + hour, { haste: 'rollback' });
  expect(doraFigures([ended(day), ended(2 * day), back], period)).toMatchObject({
    deployments: 2,
    failures: 1,
    changeFailureRate: 0.5,
    timeToRestoreMs: hour,
  });
  expect(doraFigures([ended(day), ended(2 * day), ended(3 * day)], period).failures).toBe(0);
});
