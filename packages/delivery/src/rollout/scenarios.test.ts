import { describe, expect, test } from 'vitest';
import type { RolloutPlan } from './rollout-plan.ts';
import type { RolloutState } from './rollout-state.ts';
import { type Drive, type DriveOptions, drive } from './simulation/drive.ts';
import { errorAnalysis, planOf } from './simulation/plans.ts';
import { createWorld, type World, type WorldOptions } from './simulation/world.ts';

const minute = 60_000;
type When = Partial<Omit<DriveOptions, 'world' | 'plan'>>;

/** Plays a rollout in a world. What must never happen to a world is held in every scenario. */
function given(options: WorldOptions, plan: RolloutPlan = planOf()) {
  const world = createWorld({ replaces: plan.steps.some(({ kind }) => kind === 'retire'), ...options });
  return {
    world,
    when(happens: When = {}): Drive {
      const result = drive({ plan, world, ...happens });
      expect(world.violations).toEqual([]);
      return result;
    },
  };
}
const causeOf = (state: RolloutState) => ('cause' in state ? state.cause.kind : undefined);
const shiftsOf = ({ deeds }: World) => deeds.filter((deed) => deed.startsWith('shift'));
/** Nothing that changes the world was done twice; smoke tests change nothing and are run for each weight. */
const atMostOnce = ({ deeds }: World) => {
  const changes = deeds.filter((deed) => deed !== 'smoke');
  expect(new Set(changes).size, changes.join()).toBe(changes.length);
};
/** Latency that wavers around a value, with the old revision's beside it. */
const latency = (factor: number, nowMs: number) => ({
  kind: 'value' as const,
  revision: 200 * factor * (1 + ((nowMs / 10_000) % 7) / 100),
  baseline: 200 * (1 + ((nowMs / 10_000) % 5) / 100),
});

describe('given a healthy release', () => {
  test('when it rolls out, then it completes, every weight verified and migrations run once', () => {
    const { world, when } = given({
      metric: (name, _, nowMs) => (name === 'p99' ? latency(1, nowMs) : { kind: 'value', revision: 0 }),
    });
    expect(when().state).toMatchObject({ kind: 'completed' });
    expect(world.weight()).toBe(100);
    expect(world.oldRuns).toBe(false);
    expect(shiftsOf(world)).toEqual(
      [10, 20, 30, 40, 50, 60, 70, 80, 90, 100].map((weight) => `shift ${weight}`),
    );
    for (const [i, deed] of world.deeds.entries()) {
      if (deed.startsWith('shift')) expect(world.deeds[i + 1]).toBe(deed.replace('shift', 'verify'));
    }
  });

  test('when nothing runs yet, then it takes all traffic after the smoke test', () => {
    const { world, when } = given({}, planOf({ replaces: false }));
    expect(when().state).toMatchObject({ kind: 'completed' });
    expect(shiftsOf(world)).toEqual(['shift 100']);
  });

  test('when the controller is killed at every point of every act, then it adopts and repeats nothing', () => {
    const quick = planOf({ analysis: null });
    for (const point of ['before-intent', 'after-intent', 'after-act'] as const) {
      for (let nth = 1; nth <= 40; nth++) {
        let passed = 0;
        const { world, when } = given({}, quick);
        const crash: DriveOptions['crash'] = (at) => at === point && ++passed === nth;
        expect(when({ crash }).state).toMatchObject({ kind: 'completed' });
        atMostOnce(world);
      }
    }
  });

  test('when the controller dies right after it started the migration, then there is one migration', () => {
    const { world, when } = given({}, planOf({ analysis: errorAnalysis }));
    const crash: DriveOptions['crash'] = (at) => at === 'after-act' && world.deeds.at(-1) === 'migrate';
    const { crashes, state } = when({ crash });
    expect(crashes).toBe(1);
    expect(state.kind).toBe('completed');
    expect(world.migrated).toBe(1);
  });
});

describe('given a release that is bad', () => {
  test('when it never becomes healthy, then it gets no production traffic and is rolled back', () => {
    const { world, when } = given({ fate: ({ kind }) => (kind === 'place' ? 'definite' : 'ok') });
    expect(causeOf(when().state)).toBe('unhealthy');
    expect(shiftsOf(world)).toEqual(['shift 0']);
  });

  test('when it hangs while it starts, then the progress deadline takes it back', () => {
    const { world, when } = given({ fate: ({ kind }) => (kind === 'place' ? 'hung' : 'ok') });
    const { state } = when();
    expect(state).toMatchObject({ kind: 'rolled-back', cause: { kind: 'deadline' } });
    expect(shiftsOf(world)).toEqual(['shift 0']);
  });

  test('when the smoke test on test traffic fails, then it gets no production traffic', () => {
    const { world, when } = given({ fate: ({ kind }) => (kind === 'smoke' ? 'definite' : 'ok') });
    expect(causeOf(when().state)).toBe('smoke-failed');
    expect(shiftsOf(world)).toEqual(['shift 0']);
  });

  test('when errors spike at 30 %, then the weight goes to 0 first, is verified, and then it is removed', () => {
    const { world, when } = given({
      metric: (name, weight) => ({
        kind: 'value',
        revision: name === 'error-rate' && weight >= 30 ? 0.2 : 0,
        baseline: 0,
      }),
    });
    expect(when().state).toMatchObject({
      kind: 'rolled-back',
      cause: { kind: 'analysis-failed', reason: expect.stringContaining('0.2') },
    });
    expect(shiftsOf(world)).toEqual(['shift 10', 'shift 20', 'shift 30', 'shift 0']);
    expect(world.deeds.slice(-3)).toEqual(['shift 0', 'verify 0', 'remove']);
    expect(world.oldRuns).toBe(true);
  });

  test('when its p99 is 40 % over the baseline, then it is taken back with the evidence', () => {
    const { when } = given({
      metric: (name, _, nowMs) => (name === 'p99' ? latency(1.4, nowMs) : { kind: 'value', revision: 0 }),
    });
    const { state } = when();
    expect(state).toMatchObject({ kind: 'rolled-back', cause: { kind: 'analysis-failed' } });
    const verdict = state.kind === 'rolled-back' ? state.cause.verdict : undefined;
    const p99 = verdict?.metrics.find(({ metric }) => metric === 'p99');
    expect(p99?.comparison?.interval?.lower).toBeGreaterThan(0);
  });

  test('when its image is unknown, then it is refused before anything is changed', () => {
    const { world, when } = given({ fate: ({ kind }) => (kind === 'resolve' ? 'definite' : 'ok') });
    expect(when().state).toMatchObject({ kind: 'refused', cause: { kind: 'unknown-artifact' } });
    expect(world.deeds).toEqual([]);
  });
});

describe('given metrics that say nothing', () => {
  test('when the provider is down, then the weight is held, it is asked again, and the budget ends it', () => {
    const asked: number[] = [];
    const { world, when } = given({
      metric: (_, weight, nowMs) => {
        if (weight < 20) return { kind: 'value', revision: 0, baseline: 0 };
        asked.push(nowMs);
        return { kind: 'error', message: 'timed out' };
      },
    });
    const { state } = when();
    expect(state).toMatchObject({
      kind: 'rolled-back',
      cause: { kind: 'analysis-inconclusive', reason: expect.stringContaining('timed out') },
    });
    expect(shiftsOf(world)).toEqual(['shift 10', 'shift 20', 'shift 0']);
    expect(asked.at(-1)! - asked[0]!).toBeGreaterThan(7 * minute);
  });

  test('when the provider comes back within the budget, then the rollout goes on', () => {
    const { when } = given({
      metric: (_, weight, nowMs) =>
        weight === 20 && nowMs < 7 * minute
          ? { kind: 'error', message: 'down' }
          : { kind: 'value', revision: 0, baseline: 0 },
    });
    expect(when().state.kind).toBe('completed');
  });

  test('when there is no traffic, then there is no success', () => {
    const { when } = given({ metric: () => ({ kind: 'no-data' }) });
    expect(when().state).toMatchObject({
      kind: 'rolled-back',
      cause: { kind: 'analysis-inconclusive', reason: expect.stringContaining('0 of at least') },
    });
  });

  test('when a person promotes in doubt, then the rollout goes on by that word', () => {
    const { world, when } = given({
      metric: (_, weight) =>
        weight === 10 ? { kind: 'no-data' } : { kind: 'value', revision: 0, baseline: 0 },
    });
    const early = { kind: 'rollout.promoted', atMs: 1 * minute, by: 'alice' } as const;
    const inDoubt = { ...early, atMs: 5 * minute } as const;
    expect(when({ people: [early, inDoubt] }).state.kind).toBe('completed');
    expect(world.weight()).toBe(100);
  });
});

describe('given people', () => {
  test('when an operator aborts, then weight 0 is verified and the reason is kept', () => {
    const { world, when } = given({});
    const abort = {
      kind: 'rollout.aborted',
      atMs: 8 * minute,
      by: 'alice',
      reason: 'customers call',
    } as const;
    expect(when({ people: [abort] }).state).toMatchObject({
      kind: 'rolled-back',
      cause: { kind: 'aborted', reason: 'customers call', by: 'alice' },
    });
    expect(world.deeds.slice(-3)).toEqual(['shift 0', 'verify 0', 'remove']);
  });

  test('when it is paused, then the weight stays until it is resumed, and the hold takes as much longer', () => {
    const { world, when } = given({});
    const pause = { kind: 'rollout.paused', atMs: 4 * minute, by: 'alice', reason: 'look' } as const;
    const first = when({ people: [pause], forMs: 60 * minute });
    expect(first.state).toMatchObject({ kind: 'paused', by: 'alice' });
    expect(world.weight()).toBe(20);
    const resumed = when({
      state: first.state,
      startMs: 60 * minute,
      people: [{ kind: 'rollout.resumed', atMs: 60 * minute }],
    });
    expect(resumed.state.kind).toBe('completed');
  });

  test('when a paused revision fails its analysis, then it is taken back all the same', () => {
    const { when } = given({
      metric: (_, __, nowMs) => ({ kind: 'value', revision: nowMs > 20 * minute ? 1 : 0, baseline: 0 }),
    });
    const pause = { kind: 'rollout.paused', atMs: 4 * minute, by: 'alice', reason: 'look' } as const;
    expect(causeOf(when({ people: [pause] }).state)).toBe('analysis-failed');
  });

  test('when a step wants a promotion, then only a person lets it go on', () => {
    const strategy = {
      kind: 'canary',
      steps: [{ weight: 5, holdMs: minute, promotion: true }],
      bakeMs: minute,
    } as const;
    const plan = planOf({ strategy: { ...strategy, steps: [...strategy.steps] }, analysis: null });
    expect(given({}, plan).when().state).toMatchObject({ kind: 'holding', untilMs: null });
    const promote = { kind: 'rollout.promoted', atMs: 30 * minute, by: 'alice' } as const;
    expect(given({}, plan).when({ people: [promote] }).state.kind).toBe('completed');
  });

  test('when a newer deployment comes before the shift, then it takes the place; after the shift it waits', () => {
    const newer = { kind: 'rollout.superseded', atMs: 0, by: 'd2' } as const;
    const early = given({ fate: ({ kind }, attempt) => (kind === 'place' && attempt === 0 ? 'hung' : 'ok') });
    expect(early.when({ people: [{ ...newer, atMs: 10_000 }] }).state).toMatchObject({
      kind: 'rolled-back',
      cause: { kind: 'superseded' },
    });
    expect(given({}).when({ people: [{ ...newer, atMs: 5 * minute }] }).state.kind).toBe('completed');
    expect(given({}).when({ people: [newer] }).state).toMatchObject({
      kind: 'cancelled',
      cause: { kind: 'superseded' },
    });
  });
});

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

  test('when it is a rollback that rolls out, then no freeze holds it up', () => {
    const { when } = given({}, planOf({ windows: [{ ...freeze, fromMs: 0 }], haste: 'rollback' }));
    const { state } = when();
    expect(state.kind === 'completed' && state.atMs).toBeLessThan(freeze.untilMs);
  });
});
