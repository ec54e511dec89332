import { expect, test } from 'vitest';
import type { JobOpening, LegsOpening } from '../plan/job-opening.ts';
import type { EventPlan } from '../plan/run-plan.ts';
import { compare } from './simulation/compare.ts';
import { type Sabotage, type Simulation, simulate } from './simulation/simulate.ts';

/** `SIM_RUNS` sets how many events are played, `SIM_SEED` replays one. */
const runs = Number(process.env.SIM_RUNS ?? 10_000);
const onlySeed = process.env.SIM_SEED;
const timeoutMs = 60_000 + runs * 20;

test(
  'every random event ends as its facts demand, in any order, with cancellations and crashes',
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
    for (const phenomenon of phenomena) expect(seen.get(phenomenon) ?? 0, phenomenon).toBeGreaterThan(10);
  },
  timeoutMs,
);

const phenomena = [
  'run success',
  'run failure',
  'run cancelled',
  'run skipped',
  'forced',
  'never admitted',
  'nested call',
  'fail-fast',
  'deadlock',
  'displaced',
  'lost',
  'returned',
  'refused',
  'continue-on-error',
  'sibling need',
  'runs in a cancelled run',
];

function phenomenaOf({ plan, states, records }: Simulation): Set<string> {
  const found = new Set<string>();
  for (const [run, state] of states.entries()) {
    const record = records[run];
    if (plan.runs[run]?.foreign.length) found.add('sibling need');
    if (record?.cancels.some(({ force }) => force)) found.add('forced');
    if (plan.runs[run]?.groups.length && record?.admittedAt === undefined) found.add('never admitted');
    for (const { kind } of record?.reports.values() ?? []) found.add(kind);
    const cancelledAt = record?.cancels[0]?.at ?? Number.POSITIVE_INFINITY;
    if ([...(record?.startedAt.values() ?? [])].flat().some((at) => at > cancelledAt))
      found.add('runs in a cancelled run');
    for (const node of state.nodes) {
      if (node.kind === 'scope' && node.caller === null && node.state.kind === 'concluded')
        found.add(`run ${node.state.conclusion}`);
      if (node.kind === 'scope' && node.caller !== null) found.add('nested call');
      if (node.kind !== 'leg' || node.state.kind !== 'concluded') continue;
      const { reason = '', conclusion, outcome } = node.state;
      if (reason.includes('fail-fast')) found.add('fail-fast');
      if (reason.includes('deadlock')) found.add('deadlock');
      if (reason.includes('takes its place')) found.add('displaced');
      if (outcome !== conclusion) found.add('continue-on-error');
    }
  }
  return found;
}

const ofLegs =
  (change: (opening: LegsOpening) => LegsOpening) =>
  (opening: JobOpening): JobOpening =>
    opening.kind === 'legs' ? change(opening) : opening;

const withoutNeeds = (plan: EventPlan): EventPlan => {
  const copy: EventPlan = structuredClone(plan);
  for (const job of copy.runs.flatMap(({ graphs }) => graphs.flatMap(({ jobs }) => jobs))) job.needs = [];
  return copy;
};

const wrongRules: Record<string, Sabotage> = {
  'never fails fast': { opening: ofLegs((opening) => ({ ...opening, failFast: false })) },
  'always fails fast': { opening: ofLegs((opening) => ({ ...opening, failFast: true })) },
  'cancels what always() protects': { opening: ofLegs((opening) => ({ ...opening, survivesCancel: false })) },
  'cancels nothing that runs': { opening: ofLegs((opening) => ({ ...opening, survivesCancel: true })) },
  'forgets a leg': { opening: ofLegs((opening) => ({ ...opening, legs: opening.legs.slice(-1) })) },
  'tolerates every failure': {
    opening: ofLegs((opening) => ({
      ...opening,
      legs: opening.legs.map((leg) => ({ ...leg, continueOnError: true })),
    })),
  },
  'takes no groups': {
    opening: ofLegs((opening) => ({ ...opening, legs: opening.legs.map((leg) => ({ ...leg, groups: [] })) })),
  },
  'starts jobs before their needs': { plan: withoutNeeds },
  'skips what may run': { opening: () => ({ kind: 'skipped', reason: 'wrong' }) },
  'takes force for a plain cancel': {
    event: (event) => ('force' in event ? { ...event, force: false } : event),
  },
  'takes a plain cancel for force': {
    event: (event) => ('force' in event ? { ...event, force: true } : event),
  },
  'loses lost legs': { event: (event) => (event.kind === 'leg.lost' ? undefined : event) },
  'drops outputs': { event: (event) => (event.kind === 'leg.finished' ? { ...event, outputs: {} } : event) },
  'turns failures into successes': {
    event: (event) =>
      event.kind === 'leg.finished' && event.conclusion === 'failure'
        ? { ...event, conclusion: 'success' }
        : event,
  },
};

for (const [rule, sabotage] of Object.entries(wrongRules)) {
  test(
    `the simulation notices a controller that ${rule}`,
    () => {
      const noticed = Array.from({ length: 400 }, (_, i) => i + 1).find((seed) => {
        try {
          compare(simulate(seed, sabotage));
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
