import type { BatchSize, Strategy } from '../../strategy/strategy.ts';
import { closureOf } from '../closure.ts';
import type { RolloutEvent } from '../rollout-event.ts';
import type { RolloutPlan } from '../rollout-plan.ts';
import { type Cause, isEnded } from '../rollout-state.ts';
import { type Drive, type DriveOptions, drive } from './drive.ts';
import { errorAnalysis, instancesIn, liveAnalysis, planOf } from './plans.ts';
import { createRandom, type Random } from './random.ts';
import { createWorld, type Fate, type World } from './world.ts';

export interface Simulation {
  plan: RolloutPlan;
  world: World;
  result: Drive;
  /** What the metrics said all the time. */
  mood: 'good' | 'bad' | 'silent' | 'absent' | 'wavering';
  /** For what the rollout may end otherwise than completed: nothing else went wrong, and nobody said more. */
  reasons: ReadonlySet<Cause['kind']>;
}

const minute = 60_000;
const batches: BatchSize[] = [
  { kind: 'percent', percent: 50 },
  { kind: 'percent', percent: 20 },
  { kind: 'instances', count: 1 },
  { kind: 'instances', count: 2 },
];

/** Plays a random rollout with a random world, random people and a controller that dies at random, and mends the target at last. */
export function simulate(
  seed: number,
  spoil: NonNullable<DriveOptions['spoil']> = (event) => event,
): Simulation {
  const random = createRandom(seed);
  const plan = randomPlan(random);
  const trouble = random.pick([0, 0, 0.05, 0.2, 0.6]);
  const mood = random.pick(['good', 'good', 'good', 'bad', 'silent', 'absent', 'wavering'] as const);
  let mended = false;
  const fates: Fate[] = ['transient', 'transient', 'definite', 'silent', 'hung'];
  const world = createWorld({
    replaces: plan.steps.some(({ kind }) => kind === 'retire'),
    instances: instancesIn(plan),
    isClosed: (nowMs) => plan.onFreeze !== 'continue' && closureOf(plan, nowMs) !== undefined,
    fate: () => (!mended && random.chance(trouble) ? random.pick(fates) : 'ok'),
    inForce: (weight) => (!mended && random.chance(trouble / 3) ? random.int(101) : weight),
    metric: () => {
      const now =
        mood === 'wavering'
          ? random.pick(['good', 'good', 'good', 'good', 'absent', 'silent'] as const)
          : mood;
      if (now === 'silent') return { kind: 'error', message: 'timed out' };
      if (now === 'absent') return { kind: 'no-data' };
      return { kind: 'value', revision: now === 'bad' ? 1 : 0, baseline: 0 };
    },
  });
  const deadly = random.pick([0, 0.05, 0.3]);
  const options = { plan, world, spoil, crash: () => random.chance(deadly) };
  const people = randomPeople(random);
  const first = drive({ ...options, people, forMs: 6 * 60 * minute });
  mended = true;
  const result = isEnded(first.state) ? first : goOn(options, first, random);
  return { plan, world, result, mood, reasons: reasonsOf({ plan, people, mood, isTroubled: trouble > 0 }) };
}

function reasonsOf({
  plan,
  people,
  mood,
  isTroubled,
}: Pick<Simulation, 'plan' | 'mood'> & {
  people: readonly RolloutEvent[];
  isTroubled: boolean;
}): Simulation['reasons'] {
  const said = (kind: RolloutEvent['kind']) => people.some((one) => one.kind === kind);
  return new Set<Cause['kind']>([
    ...(isTroubled ? causesOfTrouble : []),
    ...(mood === 'bad' ? ['analysis-failed' as const] : []),
    ...(mood === 'good' || mood === 'bad' ? [] : ['analysis-inconclusive' as const]),
    ...(said('rollout.aborted') ? ['aborted' as const] : []),
    ...(said('rollout.superseded') ? ['superseded' as const] : []),
    ...(plan.windows.length > 0 && plan.onFreeze === 'rollback' ? ['freeze' as const] : []),
  ]);
}

const causesOfTrouble = [
  'unknown-artifact',
  'migration-failed',
  'unhealthy',
  'smoke-failed',
  'shift-failed',
  'weight-not-applied',
  'deadline',
] as const;

/** Everything works again, and people let go on what they held. */
function goOn(options: DriveOptions, first: Drive, random: Random): Drive {
  const startMs = first.nowMs;
  const people = Array.from({ length: 20 }, (_, i): RolloutEvent[] => {
    const atMs = startMs + i * 30 * minute;
    return [
      { kind: 'rollout.resumed', atMs },
      { kind: 'rollout.promoted', atMs, by: 'alice' },
    ];
  }).flat();
  const second = drive({
    ...options,
    crash: () => random.chance(0.02),
    state: first.state,
    startMs,
    people,
    forMs: 48 * 60 * minute,
  });
  return {
    ...second,
    states: [...first.states, ...second.states],
    crashes: first.crashes + second.crashes,
    alarms: first.alarms + second.alarms,
    promotions: first.promotions + second.promotions,
  };
}

function randomPlan(random: Random): RolloutPlan {
  const everyMs = random.pick([1, 3]) * minute;
  const bakeMs = random.pick([2, 5]) * minute;
  const strategy: Strategy = random.pick<Strategy>([
    { kind: 'linear', percent: random.pick([10, 34, 50]), everyMs, bakeMs },
    { kind: 'rolling', batch: random.pick(batches), everyMs, bakeMs },
    { kind: 'blue-green', bakeMs },
    {
      kind: 'canary',
      steps: [
        { weight: 1, holdMs: everyMs, promotion: false },
        { weight: 40, holdMs: everyMs, promotion: random.chance(0.5) },
      ],
      bakeMs,
    },
  ]);
  const fromMs = random.int(random.pick([10_000, 60 * minute]));
  const window = {
    kind: 'freeze',
    fromMs,
    untilMs: fromMs + random.int(120) * minute,
    reason: 'Holidays',
  } as const;
  return planOf({
    strategy,
    analysis: random.chance(0.05) ? liveAnalysis : errorAnalysis,
    migrates: random.chance(0.6),
    replaces: random.chance(0.85),
    windows: random.chance(0.3) ? [window] : [],
    onFreeze: random.pick(['hold', 'continue', 'rollback']),
    instances: random.pick([{ api: 3, worker: 2 }, { api: 1 }, { worker: 4 }, { api: 7, web: 2, worker: 1 }]),
    haste: random.pick(['none', 'none', 'urgent', 'rollback']),
  });
}

function randomPeople(random: Random): RolloutEvent[] {
  const by = 'alice';
  return Array.from({ length: random.pick([0, 0, 1, 3, 6]) }, (): RolloutEvent => {
    const atMs = random.int(random.pick([5000, 5 * minute, 40 * minute]));
    const reason = 'so it is';
    return random.pick<RolloutEvent>([
      { kind: 'rollout.paused', atMs, by, reason },
      { kind: 'rollout.resumed', atMs },
      { kind: 'rollout.resumed', atMs },
      { kind: 'rollout.promoted', atMs, by },
      { kind: 'rollout.aborted', atMs, by, reason },
      { kind: 'rollout.superseded', atMs, by: 'd2' },
    ]);
  });
}
