import type { AnalysisRules } from '../analysis/analysis-rules.ts';
import type { RolloutLimits } from '../config/delivery-config.ts';
import type { RolloutStep } from '../strategy/rollout-step.ts';
import type { ClosedWindow, FreezePolicy } from '../windows/window.ts';

/** What the rollout machine needs to know of a deployment. Plain JSON; it doesn't change during the rollout. */
export interface RolloutPlan {
  steps: RolloutStep[];
  /** Null: holds only wait. */
  analysis: AnalysisRules | null;
  windows: ClosedWindow[];
  onFreeze: FreezePolicy;
  /** Urgent deployments pass peak hours; rolling back passes every window. */
  haste: 'none' | 'urgent' | 'rollback';
  limits: RolloutLimits;
}
