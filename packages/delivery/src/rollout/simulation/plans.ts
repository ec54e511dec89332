import type { AnalysisRules } from '../../analysis/analysis-rules.ts';
import type { Instances } from '../../strategy/rolling-batches.ts';
import { type StepOptions, stepsOf } from '../../strategy/steps-of.ts';
import type { RolloutPlan } from '../rollout-plan.ts';

const minute = 60_000;

/** Error rate below 1 %, and latency held against the old revision. */
export const liveAnalysis: AnalysisRules = {
  doubtBudgetMs: 5 * minute,
  metrics: [
    {
      name: 'error-rate',
      provider: 'edge',
      query: 'error-rate',
      intervalMs: 10_000,
      minimumSamples: 3,
      consecutiveErrorLimit: 4,
      judgement: { kind: 'threshold', operator: '<', value: 0.01, failureLimit: 0 },
    },
    {
      name: 'p99',
      provider: 'edge',
      query: 'latency-p99',
      intervalMs: 10_000,
      minimumSamples: 6,
      consecutiveErrorLimit: 4,
      judgement: { kind: 'baseline', bad: 'increase', tolerance: 0.25, confidence: 0.98, minimumChange: 0.1 },
    },
  ],
};

/** The error rate alone: comparing takes time that long plays don't have. */
export const errorAnalysis: AnalysisRules = { ...liveAnalysis, metrics: liveAnalysis.metrics.slice(0, 1) };

const usualInstances: Instances = { api: 3, worker: 2 };

/** How many the last batch comes to; what a plan without batches has doesn't matter. */
export function instancesIn({ steps }: RolloutPlan): Instances {
  const last = steps.findLast((step) => step.kind === 'place');
  return last?.instances ?? usualInstances;
}

/** `10% every 3m` with migrations, smoke tests and analysis, unless changed. */
export function planOf(change: Partial<StepOptions> & Partial<RolloutPlan> = {}): RolloutPlan {
  const strategy = change.strategy ?? {
    kind: 'linear',
    percent: 10,
    everyMs: 3 * minute,
    bakeMs: 5 * minute,
  };
  return {
    steps: stepsOf({
      strategy,
      replaces: change.replaces ?? true,
      migrates: change.migrates ?? true,
      smokes: change.smokes ?? true,
      instances: change.instances ?? usualInstances,
    }),
    analysis: change.analysis === undefined ? liveAnalysis : change.analysis,
    windows: change.windows ?? [],
    onFreeze: change.onFreeze ?? 'hold',
    haste: change.haste ?? 'none',
    limits: { progressDeadlineMs: 10 * minute, migrationTimeoutMs: 15 * minute },
  };
}
