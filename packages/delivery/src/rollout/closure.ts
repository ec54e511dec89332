import { type Closure, closedAt } from '../windows/closed-at.ts';
import type { RolloutPlan } from './rollout-plan.ts';
import type { ActingState } from './rollout-state.ts';

/** The window that is closed to this rollout now; rolling back passes all. */
export function closureOf({ windows, haste }: RolloutPlan, atMs: number): Closure | undefined {
  return haste === 'rollback' ? undefined : closedAt(windows, { atMs, urgent: haste === 'urgent' });
}

/** The window that keeps an act from beginning. What has begun before is brought to its end. */
export function closureFor(plan: RolloutPlan, state: ActingState, atMs: number): Closure | undefined {
  const { task, firstBegunAtMs } = state.act;
  const carriesOn =
    !['migrate', 'place', 'shift'].includes(task.kind) || firstBegunAtMs !== null || isInBatch(plan, state);
  return carriesOn || plan.onFreeze === 'continue' ? undefined : closureOf(plan, atMs);
}

/** A batch that has begun while others have traffic already goes on to its hold: there it is watched. */
function isInBatch({ steps }: RolloutPlan, { step }: ActingState): boolean {
  return steps[step - 1]?.kind === 'place' && steps.slice(0, step).some(({ kind }) => kind === 'shift');
}
