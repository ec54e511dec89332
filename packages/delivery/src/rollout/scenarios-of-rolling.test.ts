import { describe, expect, test } from 'vitest';
import type { DriveOptions } from './simulation/drive.ts';
import { causeOf, given as givenPlan } from './simulation/given.ts';
import { errorAnalysis, planOf } from './simulation/plans.ts';
import type { World, WorldOptions } from './simulation/world.ts';

const minute = 60_000;
const plan = planOf({
  strategy: { kind: 'rolling', batch: { kind: 'instances', count: 1 }, everyMs: minute, bakeMs: minute },
  instances: { api: 3, worker: 2 },
  migrates: false,
  analysis: null,
});
const given = (options: WorldOptions = {}) => givenPlan(options, plan);
const deedsOf = ({ deeds }: World) => deeds.filter((deed) => deed !== 'smoke');
const whole = { api: 3, worker: 2 };

describe('given three instances that are replaced one by one', () => {
  test('when the release is healthy, then old instances end only when as many new ones have their share', () => {
    const { world, when } = given();
    expect(when().state).toMatchObject({ kind: 'completed' });
    expect(deedsOf(world)).toEqual([
      ...['resolve', 'place 1+1', 'shift 33.33', 'verify 33.33', 'scale 66.67'],
      ...['place 2+2', 'shift 66.67', 'verify 66.67', 'scale 33.33'],
      ...['place 3+2', 'shift 100', 'verify 100', 'retire'],
    ]);
    expect(world.running).toEqual({ old: {}, new: whole });
  });

  test('when it is bad in the second batch, then the old instances come back before the weight goes', () => {
    const { world, when } = given({
      fate: ({ kind }, attempt) => (kind === 'place' && attempt === 1 ? 'definite' : 'ok'),
    });
    expect(causeOf(when().state)).toBe('unhealthy');
    expect(deedsOf(world).slice(-6)).toEqual([
      'scale 66.67',
      'scale 100',
      'shift 0',
      'verify 0',
      'scale 100',
      'remove',
    ]);
    expect(world.running).toEqual({ old: whole, new: {} });
  });

  test('when it is bad before any old instance has ended, then weight 0 comes first', () => {
    const { world, when } = given();
    const abort = { kind: 'rollout.aborted', atMs: 3500, by: 'alice', reason: 'no' } as const;
    expect(when({ people: [abort] }).state).toMatchObject({ kind: 'rolled-back' });
    expect(deedsOf(world)).not.toContain('scale 100');
    expect(world.running).toEqual({ old: whole, new: {} });
  });

  test('when an old instance can not be brought back, then that does not keep the weight, but the removal', () => {
    let isBroken = true;
    const { world, when } = given({
      fate: (task) => (isBroken && task.kind === 'scale' && task.percent === 100 ? 'definite' : 'ok'),
    });
    const abort = { kind: 'rollout.aborted', atMs: minute + 30_000, by: 'alice', reason: 'no' } as const;
    const first = when({ people: [abort], forMs: 60 * minute });
    expect(first).toMatchObject({ state: { kind: 'stranded' }, alarms: 1 });
    expect(world.weight()).toBe(0);
    expect(world.placed).toBe(true);
    isBroken = false;
    expect(when({ state: first.state, startMs: first.nowMs }).state).toMatchObject({ kind: 'rolled-back' });
    expect(world.running).toEqual({ old: whole, new: {} });
  });

  test('when it is aborted right before a later batch begins, then it goes back and is not called off as if untouched', () => {
    const { world, when } = given();
    let begun = 0;
    const crash: DriveOptions['crash'] = (at) => at === 'before-intent' && ++begun === 8;
    const abort = { kind: 'rollout.aborted', atMs: minute + 7500, by: 'alice', reason: 'no' } as const;
    const { state, crashes } = when({ crash, people: [abort] });
    expect(crashes).toBe(1);
    expect(state.kind).toBe('rolled-back');
    expect(world.running).toEqual({ old: whole, new: {} });
  });

  test('when a freeze begins in the midst of a batch, then the batch is brought to its hold, where it is watched', () => {
    for (const [fromMs, weight] of [
      [5_500, 33.33],
      [67_500, 66.67],
    ] as const) {
      const freeze = { kind: 'freeze', fromMs, untilMs: 300 * minute, reason: 'Holidays' } as const;
      const { world, when } = givenPlan(
        { metric: (_, __, nowMs) => ({ kind: 'value', revision: nowMs > 100 * minute ? 1 : 0 }) },
        { ...plan, analysis: errorAnalysis, windows: [freeze] },
      );
      const during = when({ forMs: 90 * minute });
      expect(during.state).toMatchObject({ kind: 'holding' });
      expect(world.weight()).toBe(weight);
      const { state } = when({ state: during.state, startMs: during.nowMs });
      expect(causeOf(state)).toBe('analysis-failed');
    }
  });

  test('when the controller is killed at every point, then it adopts and repeats nothing', () => {
    for (const point of ['before-intent', 'after-intent', 'after-act'] as const) {
      for (let nth = 1; nth <= 17; nth++) {
        let passed = 0;
        const { world, when } = given();
        const { state, crashes } = when({ crash: (at) => at === point && ++passed === nth });
        expect([state.kind, crashes]).toEqual(['completed', 1]);
        expect(new Set(deedsOf(world)).size).toBe(deedsOf(world).length);
      }
    }
  });
});
