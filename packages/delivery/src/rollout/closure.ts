import { type Closure, closedAt } from '../windows/closed-at.ts';
import type { Act } from './act.ts';
import type { RolloutPlan } from './rollout-plan.ts';

/** The window that is closed to this rollout now; rolling back passes all. */
export function closureOf({ windows, haste }: RolloutPlan, atMs: number): Closure | undefined {
  return haste === 'rollback' ? undefined : closedAt(windows, { atMs, urgent: haste === 'urgent' });
}

/** The window that keeps an act from beginning. What has begun before is brought to its end. */
export function closureFor(plan: RolloutPlan, act: Act, atMs: number): Closure | undefined {
  const carriesOn =
    !['migrate', 'place', 'shift', 'scale'].includes(act.task.kind) || act.firstBegunAtMs !== null;
  return carriesOn || plan.onFreeze === 'continue' ? undefined : closureOf(plan, atMs);
}
