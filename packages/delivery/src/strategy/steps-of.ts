import type { RolloutStep, ShiftStep } from './rollout-step.ts';
import type { CanaryStep, Strategy } from './strategy.ts';

export interface StepOptions {
  strategy: Strategy;
  /** Whether something runs already; a first deployment has nothing to shift away from. */
  replaces: boolean;
  migrates: boolean;
  /** Production is smoke-tested after each shift too, if the environment has a smoke test. */
  smokes: boolean;
}

/**
 * The steps of a rollout in order: resolve, migrate, place, smoke on test traffic, then for each share shift, verify, smoke and hold,
 * then the bake, and last the old revision retires.
 */
export function stepsOf({ strategy, replaces, migrates, smokes }: StepOptions): RolloutStep[] {
  const by = strategy.kind === 'rolling' ? 'instances' : 'traffic';
  const shares = replaces ? sharesOf(strategy) : [];
  const smoke: RolloutStep[] = smokes ? [{ kind: 'smoke', on: 'production' }] : [];
  const shift = (weight: number): RolloutStep[] => [
    { kind: 'shift', weight, by } satisfies ShiftStep,
    { kind: 'verify', weight },
    ...smoke,
  ];
  return [
    { kind: 'resolve' },
    ...(migrates ? [{ kind: 'migrate' } as const] : []),
    { kind: 'place' },
    ...(smokes ? [{ kind: 'smoke', on: 'test-traffic' } as const] : []),
    ...shares.flatMap(({ weight, holdMs, promotion }): RolloutStep[] => [
      ...shift(weight),
      { kind: 'hold', durationMs: holdMs, purpose: 'step' },
      ...(promotion ? [{ kind: 'promotion' } as const] : []),
    ]),
    ...shift(100),
    { kind: 'hold', durationMs: strategy.bakeMs, purpose: 'bake' },
    ...(replaces ? [{ kind: 'retire' } as const] : []),
  ];
}

/** The least time that the steps take: the holds. */
export function leastDurationMs(steps: readonly RolloutStep[]): number {
  return steps.reduce((sum, step) => sum + (step.kind === 'hold' ? step.durationMs : 0), 0);
}

function sharesOf(strategy: Strategy): CanaryStep[] {
  switch (strategy.kind) {
    case 'blue-green':
      return [];
    case 'canary':
      return strategy.steps;
    case 'linear':
    case 'rolling':
      return equalShares(strategy.percent, strategy.everyMs);
    default:
      return strategy satisfies never;
  }
}

/** Below 100: the last share is all. */
function equalShares(percent: number, holdMs: number): CanaryStep[] {
  const count = Math.ceil(100 / percent) - 1;
  return Array.from({ length: count }, (_, i) => ({ weight: percent * (i + 1), holdMs, promotion: false }));
}
