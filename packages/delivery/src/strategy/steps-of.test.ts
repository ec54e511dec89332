import { describe, expect, test } from 'vitest';
import type { RolloutStep } from './rollout-step.ts';
import { leastDurationMs, type StepOptions, stepsOf } from './steps-of.ts';
import type { Strategy } from './strategy.ts';

const minute = 60_000;
const linear: Strategy = { kind: 'linear', percent: 10, everyMs: 3 * minute, bakeMs: 5 * minute };
const strategies: Strategy[] = [
  linear,
  { kind: 'rolling', batch: { kind: 'percent', percent: 34 }, everyMs: minute, bakeMs: minute },
  { kind: 'blue-green', bakeMs: minute },
  {
    kind: 'canary',
    steps: [
      { weight: 5, holdMs: minute, promotion: false },
      { weight: 50, holdMs: minute, promotion: true },
    ],
    bakeMs: minute,
  },
];
const planned = (strategy: Strategy, change: Partial<StepOptions> = {}) =>
  stepsOf({
    strategy,
    replaces: true,
    migrates: true,
    smokes: true,
    instances: { api: 3, worker: 2 },
    ...change,
  });
const weights = (steps: RolloutStep[]) =>
  steps.flatMap((step) => (step.kind === 'shift' ? [step.weight] : []));

test('10% every 3m takes ten shifts and nine holds of three minutes', () => {
  expect(weights(planned(linear))).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
  expect(leastDurationMs(planned(linear))).toBe(9 * 3 * minute + 5 * minute);
});

test('a share that does not divide 100 ends with a smaller one', () => {
  expect(weights(planned({ ...linear, percent: 34 }))).toEqual([34, 68, 100]);
  expect(weights(planned({ ...linear, percent: 100 }))).toEqual([100]);
});

test('rolling replaces batch after batch, each healthy before old instances end, and keeps the last old ones for the bake', () => {
  const rolling: Strategy = {
    kind: 'rolling',
    batch: { kind: 'instances', count: 1 },
    everyMs: minute,
    bakeMs: 2 * minute,
  };
  const steps = planned(rolling, { migrates: false, smokes: false });
  expect(steps).toEqual([
    { kind: 'resolve' },
    { kind: 'place', instances: { api: 1, worker: 1 } },
    { kind: 'shift', weight: 33.33 },
    { kind: 'verify', weight: 33.33 },
    { kind: 'scale', percent: 66.67 },
    { kind: 'hold', durationMs: minute, purpose: 'step' },
    { kind: 'place', instances: { api: 2, worker: 2 } },
    { kind: 'shift', weight: 66.67 },
    { kind: 'verify', weight: 66.67 },
    { kind: 'scale', percent: 33.33 },
    { kind: 'hold', durationMs: minute, purpose: 'step' },
    { kind: 'place', instances: { api: 3, worker: 2 } },
    { kind: 'shift', weight: 100 },
    { kind: 'verify', weight: 100 },
    { kind: 'hold', durationMs: 2 * minute, purpose: 'bake' },
    { kind: 'retire' },
  ]);
});

test('rolling with one batch is one shift of the whole', () => {
  const [, rolling] = strategies;
  for (const instances of [{ api: 1 }, {}]) {
    const steps = planned(rolling!, { instances });
    expect(weights(steps)).toEqual([100]);
    expect(steps[2]).toEqual({ kind: 'place' });
    expect(steps.map(({ kind }) => kind)).not.toContain('scale');
  }
});

test('blue-green shifts once, canary waits for promotion where told', () => {
  const [, , blueGreen, canary] = strategies;
  expect(weights(planned(blueGreen!))).toEqual([100]);
  expect(planned(canary!).map(({ kind }) => kind)).toEqual(
    'resolve migrate place smoke shift verify smoke hold shift verify smoke hold promotion shift verify smoke hold retire'.split(
      ' ',
    ),
  );
});

describe.each(strategies)('every plan: $kind', (strategy) => {
  test('resolves before it changes anything, and migrates before the new revision starts', () => {
    const kinds = planned(strategy).map(({ kind }) => kind);
    expect(kinds.slice(0, 3)).toEqual(['resolve', 'migrate', 'place']);
  });

  test('tests on test traffic before the first shift, and verifies each shift next', () => {
    const steps = planned(strategy);
    const tested = steps.findIndex((step) => step.kind === 'smoke' && step.on === 'test-traffic');
    expect(tested).toBeGreaterThan(0);
    expect(tested).toBeLessThan(steps.findIndex(({ kind }) => kind === 'shift'));
    for (const [i, step] of steps.entries()) {
      if (step.kind === 'shift') expect(steps[i + 1]).toEqual({ kind: 'verify', weight: step.weight });
    }
  });

  test('bakes at 100 % before the old revision retires', () => {
    const steps = planned(strategy);
    expect(steps.at(-1)).toEqual({ kind: 'retire' });
    expect(steps.at(-2)).toMatchObject({ kind: 'hold', purpose: 'bake' });
    expect(weights(steps).at(-1)).toBe(100);
  });

  test('goes to 100 % at once and retires nothing where nothing runs', () => {
    const steps = planned(strategy, { replaces: false, migrates: false });
    expect(weights(steps)).toEqual([100]);
    expect(steps.map(({ kind }) => kind)).not.toContain('retire');
    expect(steps.map(({ kind }) => kind)).not.toContain('migrate');
  });
});
