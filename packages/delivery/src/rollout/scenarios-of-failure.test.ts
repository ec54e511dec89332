import { describe, expect, test } from 'vitest';
import { causeOf, given, shiftsOf } from './simulation/given.ts';
import { errorAnalysis, planOf } from './simulation/plans.ts';

const minute = 60_000;

describe('given migrations that go wrong', () => {
  test('when they exit with an error or never start, then no service is touched', () => {
    const { world, when } = given({ fate: ({ kind }) => (kind === 'migrate' ? 'definite' : 'ok') });
    expect(when().state).toMatchObject({ kind: 'blocked', cause: { kind: 'migration-failed' } });
    expect(world.deeds).toEqual(['resolve']);
  });

  test('when they hang, then they are stopped, the lock is let go, and the rollout is blocked', () => {
    const { world, when } = given({ fate: ({ kind }) => (kind === 'migrate' ? 'hung' : 'ok') });
    expect(when().state).toMatchObject({
      kind: 'blocked',
      cause: { kind: 'migration-failed', reason: expect.stringContaining('in time') },
    });
    expect(world.deeds).toEqual(['resolve', 'stop-migration']);
  });

  test('when an operator aborts while they run, then they are stopped too', () => {
    const { world, when } = given({ fate: ({ kind }) => (kind === 'migrate' ? 'hung' : 'ok') });
    const abort = { kind: 'rollout.aborted', atMs: minute, by: 'alice', reason: 'wrong' } as const;
    expect(when({ people: [abort] }).state).toMatchObject({ kind: 'blocked', cause: { kind: 'aborted' } });
    expect(world.deeds).toEqual(['resolve', 'stop-migration']);
  });

  test('when their answer is lost on the way, then they are looked for and not run again', () => {
    const { world, when } = given({ fate: ({ kind }) => (kind === 'migrate' ? 'silent' : 'ok') });
    expect(when().state.kind).toBe('completed');
    expect(world.migrated).toBe(1);
  });
});

describe('given a target that fails', () => {
  test('when the balancer does not apply a weight, then the old revision is kept', () => {
    const { world, when } = given({ inForce: (weight) => Math.min(weight, 20) });
    expect(when().state).toMatchObject({ kind: 'rolled-back', cause: { kind: 'weight-not-applied' } });
    expect(world.oldRuns).toBe(true);
    expect(world.weight()).toBe(0);
  });

  test('when weight 0 is not applied at first, then it is set again and nothing is removed before', () => {
    let zeros = 0;
    const { world, when } = given({
      inForce: (weight) => (weight === 0 && ++zeros < 3 ? 10 : weight),
      metric: () => ({ kind: 'value', revision: 1, baseline: 0 }),
    });
    expect(when().state.kind).toBe('rolled-back');
    expect(shiftsOf(world)).toEqual(['shift 10', 'shift 0', 'shift 0', 'shift 0']);
  });

  test('when the way back fails, then it is tried on, people are called once, and the environment is stranded', () => {
    let broken = true;
    const { world, when } = given({
      fate: (task) => (broken && task.kind === 'shift' && task.weight === 0 ? 'definite' : 'ok'),
      metric: () => ({ kind: 'value', revision: 1, baseline: 0 }),
    });
    const first = when({ forMs: 60 * minute });
    expect(first.state).toMatchObject({ kind: 'stranded', alarm: 'raised' });
    expect(first.alarms).toBe(1);
    expect(world.oldRuns).toBe(true);
    broken = false;
    const second = when({ state: first.state, startMs: 60 * minute });
    expect(second.state).toMatchObject({ kind: 'rolled-back', cause: { kind: 'analysis-failed' } });
  });

  test('when the old revision does not retire, then it is tried on and nothing goes back', () => {
    let broken = true;
    const { world, when } = given({ fate: ({ kind }) => (broken && kind === 'retire' ? 'definite' : 'ok') });
    const abort = { kind: 'rollout.aborted', atMs: 60 * minute, by: 'alice', reason: 'late' } as const;
    const first = when({ people: [abort], forMs: 120 * minute });
    expect(first.state).toMatchObject({ kind: 'stranded', work: { kind: 'acting' } });
    expect(world.weight()).toBe(100);
    broken = false;
    expect(when({ state: first.state, startMs: 120 * minute }).state.kind).toBe('completed');
  });
});

describe('given a freeze that begins in mid-canary', () => {
  const freeze = { kind: 'freeze', fromMs: 8 * minute, untilMs: 300 * minute, reason: 'Holidays' } as const;

  test('when the environment holds, then the weight stays, watched, until the freeze is over', () => {
    const { world, when } = given({}, planOf({ windows: [freeze], analysis: errorAnalysis }));
    const during = when({ forMs: 200 * minute });
    expect(during.state).toMatchObject({ kind: 'holding' });
    expect(world.weight()).toBe(30);
    expect(when({ state: during.state, startMs: 200 * minute }).state.kind).toBe('completed');
  });

  test('when the revision fails meanwhile, then it goes back in the freeze', () => {
    const { when } = given(
      { metric: (_, __, nowMs) => ({ kind: 'value', revision: nowMs > 100 * minute ? 1 : 0, baseline: 0 }) },
      planOf({ windows: [freeze] }),
    );
    const { state } = when();
    expect(state).toMatchObject({ kind: 'rolled-back', cause: { kind: 'analysis-failed' } });
    expect(state.kind === 'rolled-back' && state.atMs).toBeLessThan(freeze.untilMs);
  });

  test('when the environment rolls back or continues, then it does that', () => {
    expect(causeOf(given({}, planOf({ windows: [freeze], onFreeze: 'rollback' })).when().state)).toBe(
      'freeze',
    );
    const going = given({}, planOf({ windows: [freeze], onFreeze: 'continue' })).when();
    expect(going.state.kind === 'completed' && going.state.atMs).toBeLessThan(freeze.untilMs);
  });

  test('when a person promotes in it, then that changes nothing, and the revision is watched on', async () => {
    const steps = [{ weight: 20, holdMs: minute, promotion: true }];
    const plan = planOf({
      strategy: { kind: 'canary', steps, bakeMs: minute },
      windows: [{ ...freeze, fromMs: 2 * minute }],
      analysis: errorAnalysis,
    });
    const promote = { kind: 'rollout.promoted', atMs: 30 * minute, by: 'alice' } as const;
    const { state } = given({}, plan).when({ people: [promote], forMs: 60 * minute });
    expect(state).toMatchObject({ kind: 'holding' });
    const bad = given(
      { metric: (_, __, nowMs) => ({ kind: 'value', revision: nowMs > 40 * minute ? 1 : 0, baseline: 0 }) },
      plan,
    );
    expect(causeOf(bad.when({ people: [promote], forMs: 60 * minute }).state)).toBe('analysis-failed');
  });

  test('when it is a rollback that rolls out, then no freeze holds it up', () => {
    const { when } = given({}, planOf({ windows: [{ ...freeze, fromMs: 0 }], haste: 'rollback' }));
    const { state } = when();
    expect(state.kind === 'completed' && state.atMs).toBeLessThan(freeze.untilMs);
  });
});
