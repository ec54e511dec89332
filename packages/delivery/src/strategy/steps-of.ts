import { type Instances, rollingBatches } from './rolling-batches.ts';
import type { PlaceStep, RolloutStep } from './rollout-step.ts';
import type { RollingStrategy, Strategy } from './strategy.ts';

export interface StepOptions {
  strategy: Strategy;
  /** Whether something runs already; a first deployment has nothing to shift away from. */
  replaces: boolean;
  migrates: boolean;
  /** Production is smoke-tested after each shift too, if the environment has a smoke test. */
  smokes: boolean;
  /** Of the new revision, by component; what rolls goes by them. */
  instances: Instances;
}

/**
 * The steps of a rollout in order: resolve, migrate, place, smoke on test traffic, then for each share shift, verify, smoke and hold,
 * then the bake, and last the old revision retires. What rolls places the instances of each share before it, and ends as many old ones
 * after it; those of the last one live until the bake has ended.
 */
export function stepsOf(options: StepOptions): RolloutStep[] {
  const { strategy, replaces, migrates, smokes } = options;
  const smoke: RolloutStep[] = smokes ? [{ kind: 'smoke', on: 'production' }] : [];
  const shift = (weight: number): RolloutStep[] => [
    { kind: 'shift', weight },
    { kind: 'verify', weight },
    ...smoke,
  ];
  const [first, ...others] = replaces ? sharesOf(options) : [wholeShare];
  const share = ({ weight, scales, holdMs, promotion }: Share): RolloutStep[] => [
    ...shift(weight),
    ...(scales ? [{ kind: 'scale', percent: hundredths(100 - weight) } as const] : []),
    ...(weight === 100 ? [] : [{ kind: 'hold', durationMs: holdMs, purpose: 'step' } as const]),
    ...(promotion ? [{ kind: 'promotion' } as const] : []),
  ];
  return [
    { kind: 'resolve' },
    ...(migrates ? [{ kind: 'migrate' } as const] : []),
    first?.place ?? { kind: 'place' },
    ...(smokes ? [{ kind: 'smoke', on: 'test-traffic' } as const] : []),
    ...(first ? share(first) : []),
    ...others.flatMap((one) => [...(one.place ? [one.place] : []), ...share(one)]),
    { kind: 'hold', durationMs: strategy.bakeMs, purpose: 'bake' },
    ...(replaces ? [{ kind: 'retire' } as const] : []),
  ];
}

/** The least time that the steps take: the holds. */
export function leastDurationMs(steps: readonly RolloutStep[]): number {
  return steps.reduce((sum, step) => sum + (step.kind === 'hold' ? step.durationMs : 0), 0);
}

interface Share {
  weight: number;
  /** What must run before; null: it does. */
  place: PlaceStep | null;
  /** Old instances end with it. */
  scales: boolean;
  holdMs: number;
  promotion: boolean;
}

const wholeShare: Share = { weight: 100, place: null, scales: false, holdMs: 0, promotion: false };

function sharesOf({ strategy, instances }: StepOptions): Share[] {
  switch (strategy.kind) {
    case 'blue-green':
      return [wholeShare];
    case 'canary':
      return [...strategy.steps.map((step) => ({ ...wholeShare, ...step })), wholeShare];
    case 'linear':
      return equalShares(strategy.percent, strategy.everyMs);
    case 'rolling':
      return batchShares(strategy, instances);
    default:
      return strategy satisfies never;
  }
}

function equalShares(percent: number, holdMs: number): Share[] {
  const count = Math.ceil(100 / percent) - 1;
  const shares = Array.from({ length: count }, (_, i) => ({
    ...wholeShare,
    weight: percent * (i + 1),
    holdMs,
  }));
  return [...shares, wholeShare];
}

function batchShares({ batch, everyMs }: RollingStrategy, instances: Instances): Share[] {
  const batches = rollingBatches(batch, instances);
  return batches.map(({ weight, instances: placed }) => ({
    weight,
    place: batches.length === 1 ? null : { kind: 'place', instances: placed },
    scales: weight < 100,
    holdMs: everyMs,
    promotion: false,
  }));
}

function hundredths(percent: number): number {
  return Math.round(percent * 100) / 100;
}
