import { type AnalysisRules, withoutComparisons } from '../analysis/analysis-rules.ts';
import { assessAnalysis, type Verdict } from '../analysis/assess-analysis.ts';
import { emptyRecord, type Measurement, recordMeasurement } from '../analysis/measurement.ts';
import type { Closure } from '../windows/closed-at.ts';
import { closureOf } from './closure.ts';
import { enterStep } from './forward.ts';
import { beginRevert } from './revert.ts';
import type { RolloutPlan } from './rollout-plan.ts';
import type { Cause, HoldingState, RolloutState } from './rollout-state.ts';

/** Takes a measurement in; one that shows a failure ends the hold at once. */
export function measure(plan: RolloutPlan, state: HoldingState, measurement: Measurement): RolloutState {
  const rule = analysisOf(plan, state)?.metrics.find(({ name }) => name === measurement.metric);
  if (!rule) return state;
  const before =
    state.records.find(({ metric }) => metric === rule.name) ?? emptyRecord(rule.name, state.sinceMs);
  const others = state.records.filter(({ metric }) => metric !== rule.name);
  const measured = { ...state, records: [...others, recordMeasurement(before, rule, measurement)] };
  const verdict = verdictOf(plan, measured);
  if (verdict.kind !== 'fail') return measured;
  return takeBack(plan, measured, {
    cause: { kind: 'analysis-failed', reason: verdict.reason, verdict },
    atMs: measurement.atMs,
  });
}

/**
 * Goes on after the time of the hold if the analysis passes. Doubt keeps the weight where it is, until the budget for it is spent.
 * A freeze keeps it too, or takes the rollout back, as the environment says; the bake is no longer disturbed by one.
 */
export function passHoldTime(plan: RolloutPlan, state: HoldingState, atMs: number): RolloutState {
  const closure = closureOfHold(plan, state, atMs);
  if (closure && plan.onFreeze === 'rollback') {
    const reason = closure.window.kind === 'freeze' ? closure.window.reason : 'peak hours';
    return takeBack(plan, state, { cause: { kind: 'freeze', reason }, atMs });
  }
  if (state.untilMs === null || atMs < state.untilMs) return state;
  const verdict = verdictOf(plan, state);
  if (verdict.kind === 'inconclusive') {
    if (atMs < state.untilMs + doubtBudgetMs(plan)) return state;
    return takeBack(plan, state, {
      cause: { kind: 'analysis-inconclusive', reason: verdict.reason, verdict },
      atMs,
    });
  }
  return closure ? state : enterStep(plan, state.step + 1, atMs);
}

/**
 * A person's word ends a wait for it, and settles a doubt that remains after the time of a hold. It doesn't shorten a hold, and in a
 * freeze it changes nothing: the next step would wait for its end, and nobody would watch meanwhile.
 */
export function promote(plan: RolloutPlan, state: HoldingState, atMs: number): RolloutState {
  const waits = state.untilMs === null || atMs >= state.untilMs;
  return waits && !closureOfHold(plan, state, atMs) ? enterStep(plan, state.step + 1, atMs) : state;
}

function closureOfHold(plan: RolloutPlan, { step }: HoldingState, atMs: number): Closure | undefined {
  return isBake(plan, step) || plan.onFreeze === 'continue' ? undefined : closureOf(plan, atMs);
}

export function doubtBudgetMs({ analysis }: RolloutPlan): number {
  return analysis?.doubtBudgetMs ?? 0;
}

/** What is watched during a hold. In the bake the old revision has no traffic left to compare with: thresholds alone decide. */
export function analysisOf(plan: RolloutPlan, { step }: HoldingState): AnalysisRules | null {
  return isBake(plan, step) ? withoutComparisons(plan.analysis) : plan.analysis;
}

function isBake({ steps }: RolloutPlan, index: number): boolean {
  const step = steps[index];
  return step?.kind === 'hold' && step.purpose === 'bake';
}

function verdictOf(plan: RolloutPlan, state: HoldingState): Verdict {
  const analysis = analysisOf(plan, state);
  return analysis ? assessAnalysis(analysis, state.records) : { kind: 'pass', metrics: [] };
}

function takeBack(
  plan: RolloutPlan,
  { step }: HoldingState,
  { cause, atMs }: { cause: Cause; atMs: number },
): RolloutState {
  return beginRevert(plan, { step, cause, stray: null, atMs });
}
