import { describe, expect, test } from 'vitest';
import type { DriveOptions } from './simulation/drive.ts';
import { causeOf, given, shiftsOf } from './simulation/given.ts';
import { errorAnalysis, planOf } from './simulation/plans.ts';
import type { World } from './simulation/world.ts';

const minute = 60_000;
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

  test('when the old revision has no traffic left in the bake, then thresholds alone decide and it completes', () => {
    const { when } = given({
      metric(name, weight, nowMs) {
        if (name !== 'p99') return { kind: 'value', revision: 0 };
        return weight < 100 ? latency(1, nowMs) : { kind: 'value', revision: 200 };
      },
    });
    expect(when().state).toMatchObject({ kind: 'completed' });
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

  test('when it is paused before a second try, then the pause does not count for the deadline', () => {
    const { when } = given({
      fate: ({ kind }, attempt) => (kind === 'place' && attempt === 0 ? 'transient' : 'ok'),
    });
    const pause = { kind: 'rollout.paused', atMs: 3_000, by: 'alice', reason: 'the disk is full' } as const;
    const first = when({ people: [pause], forMs: 60 * minute });
    expect(first.state).toMatchObject({ kind: 'paused', resume: { act: { failures: 1 } } });
    const { state } = when({
      state: first.state,
      startMs: 60 * minute,
      people: [{ kind: 'rollout.resumed', atMs: 60 * minute }],
    });
    expect(state.kind).toBe('completed');
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
