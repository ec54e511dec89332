import { expect, test } from 'vitest';
import type { RolloutEvent } from './rollout-event.ts';
import { compare } from './simulation/compare.ts';
import { type Simulation, simulate } from './simulation/simulate.ts';

/** `SIM_RUNS` sets how many rollouts are played, `SIM_SEED` replays one. */
const runs = Number(process.env.SIM_RUNS ?? 1000);
const onlySeed = process.env.SIM_SEED;
const timeoutMs = 120_000 + runs * 200;

test(
  'every random rollout ends as its world allows, with people, failures and crashes at every point',
  () => {
    const seeds = onlySeed === undefined ? Array.from({ length: runs }, (_, i) => i + 1) : [Number(onlySeed)];
    const seen = new Map<string, number>();
    for (const seed of seeds) {
      try {
        const simulation = simulate(seed);
        compare(simulation);
        for (const one of phenomenaOf(simulation)) seen.set(one, (seen.get(one) ?? 0) + 1);
      } catch (error) {
        throw new Error(`SIM_SEED=${seed} replays this.`, { cause: error });
      }
    }
    if (seeds.length < 1000) return;
    for (const phenomenon of phenomena) expect(seen.get(phenomenon) ?? 0, phenomenon).toBeGreaterThan(2);
  },
  timeoutMs,
);

const phenomena = [
  'completed',
  'rolled-back',
  'blocked',
  'refused',
  'cancelled',
  'stranded',
  'paused',
  'stopping',
  'settle',
  'restore',
  'refill',
  'crash',
  'promotion',
  'aborted',
  'superseded',
  'unknown-artifact',
  'migration-failed',
  'unhealthy',
  'smoke-failed',
  'shift-failed',
  'weight-not-applied',
  'deadline',
  'analysis-failed',
  'analysis-inconclusive',
  'freeze',
];

function phenomenaOf({ result }: Simulation): Set<string> {
  const found = new Set<string>(result.states.map(({ kind }) => kind));
  if (result.crashes > 0) found.add('crash');
  if (result.promotions > 0) found.add('promotion');
  for (const state of result.states) {
    if (state.kind === 'reverting') found.add(state.stage);
    if ('cause' in state) found.add(state.cause.kind);
  }
  return found;
}

const wrongControllers: Record<string, (event: RolloutEvent) => RolloutEvent | undefined> = {
  'takes failures for successes': (event) =>
    event.kind === 'act.failed'
      ? { kind: 'act.succeeded', atMs: event.atMs, act: event.act, weight: 0 }
      : event,
  'writes no intent': (event) => (event.kind === 'act.begun' ? undefined : event),
  'believes that the weight is what it should be': (event) =>
    event.kind === 'act.succeeded' && event.weight !== undefined
      ? { ...event, weight: Number(event.act.startsWith('revert') ? 0 : event.weight) }
      : event,
  'loses bad values': (event) =>
    event.kind === 'metric.measured' && event.measurement.outcome.kind === 'value'
      ? {
          ...event,
          measurement: { ...event.measurement, outcome: { kind: 'value', revision: 0, baseline: 0 } },
        }
      : event,
  'sees errors where there are none': (event) =>
    event.kind === 'metric.measured' && event.measurement.outcome.kind === 'value'
      ? { ...event, measurement: { ...event.measurement, outcome: { kind: 'value', revision: 1 } } }
      : event,
  'takes no data for good data': (event) =>
    event.kind === 'metric.measured'
      ? {
          ...event,
          measurement: { ...event.measurement, outcome: { kind: 'value', revision: 0, baseline: 0 } },
        }
      : event,
};

for (const [fault, spoil] of Object.entries(wrongControllers)) {
  test(
    `the simulation notices a controller that ${fault}`,
    () => {
      const noticed = Array.from({ length: 200 }, (_, i) => i + 1).find((seed) => {
        try {
          compare(simulate(seed, spoil));
          return false;
        } catch {
          return true;
        }
      });
      expect(noticed).toBeDefined();
    },
    timeoutMs,
  );
}
