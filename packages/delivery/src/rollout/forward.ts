import { type ActTask, begun, dueAgain, newAct, noteSilence, retried } from './act.ts';
import { callOff } from './call-off.ts';
import { closureFor } from './closure.ts';
import { beginRevert, failuresBeforeAlarm } from './revert.ts';
import type { ActEvent } from './rollout-event.ts';
import type { RolloutPlan } from './rollout-plan.ts';
import type { ActingState, Cause, RolloutState } from './rollout-state.ts';
import { beginStop } from './stop.ts';

/** Goes to a step; past the last one the rollout is completed. */
export function enterStep(plan: RolloutPlan, index: number, atMs: number): RolloutState {
  const step = plan.steps[index];
  if (step === undefined) return { kind: 'completed', atMs };
  if (step.kind === 'hold' || step.kind === 'promotion') {
    const untilMs = step.kind === 'hold' ? atMs + step.durationMs : null;
    return { kind: 'holding', step: index, sinceMs: atMs, untilMs, records: [] };
  }
  return { kind: 'acting', step: index, act: newAct(step, `step-${index}`, atMs) };
}

export function attendStep(plan: RolloutPlan, state: ActingState, event: ActEvent): RolloutState {
  const { act } = state;
  if (event.act !== act.id) return state;
  if (event.kind === 'act.begun') {
    return act.phase.kind === 'due' ? { ...state, act: begun(act, event.atMs) } : state;
  }
  if (act.phase.kind !== 'begun') return state;
  switch (event.kind) {
    case 'act.missing':
      return { ...state, act: dueAgain(act, event.atMs) };
    case 'act.silent':
      return noteSilence(state, event.reason);
    case 'act.failed':
      return failStep(plan, state, event);
    case 'act.succeeded':
      if (act.task.kind === 'verify' && event.weight !== act.task.weight) {
        const trouble = `the weight is ${event.weight} and not ${act.task.weight}`;
        return { ...state, act: retried(act, trouble, event.atMs) };
      }
      return enterStep(plan, state.step + 1, event.atMs);
    default:
      return event satisfies never;
  }
}

/** The clock alone: a deadline is over, or a freeze that calls rollouts off has begun. */
export function passStepTime(plan: RolloutPlan, state: ActingState, atMs: number): RolloutState {
  const { act } = state;
  const closure = plan.onFreeze === 'rollback' ? closureFor(plan, state, atMs) : undefined;
  if (closure) {
    const reason = closure.window.kind === 'freeze' ? closure.window.reason : 'peak hours';
    return callOff(plan, state, { cause: { kind: 'freeze', reason }, atMs });
  }
  if (act.firstBegunAtMs === null || atMs < deadlineOf(plan, state)) return state;
  return missDeadline(plan, state, atMs);
}

/**
 * What targets themselves give up after that time, with a better reason: what was printed. They get so much longer to say it before the
 * deadline says only that it was not done.
 */
const graceMs: Partial<Record<ActTask['kind'], number>> = {
  migrate: 30_000,
  place: 30_000,
  smoke: 30_000,
  scale: 30_000,
};

/** When a step has taken too long; it is counted from the first try, and for the retirement, which can't be given up, from the last. */
export function deadlineOf({ limits }: RolloutPlan, { act }: ActingState): number {
  if (act.task.kind === 'retire') {
    return act.phase.kind === 'begun' ? act.phase.atMs + limits.progressDeadlineMs : Number.POSITIVE_INFINITY;
  }
  if (act.firstBegunAtMs === null) return Number.POSITIVE_INFINITY;
  const limitMs = act.task.kind === 'migrate' ? limits.migrationTimeoutMs : limits.progressDeadlineMs;
  return act.firstBegunAtMs + limitMs + (graceMs[act.task.kind] ?? 0);
}

function missDeadline(plan: RolloutPlan, state: ActingState, atMs: number): RolloutState {
  const { act } = state;
  const trouble = act.trouble === null ? '' : `: ${act.trouble}`;
  const reason = `${act.task.kind} was not done in time${trouble}`;
  const at = { step: state.step, atMs };
  switch (act.task.kind) {
    case 'resolve':
      return { kind: 'refused', atMs, cause: { kind: 'deadline', reason } };
    case 'migrate':
      return beginStop(act, { kind: 'migration-failed', reason }, atMs);
    case 'retire':
      return retireAgain(state, reason, atMs);
    case 'verify':
      return beginRevert(plan, { ...at, cause: { kind: 'weight-not-applied', reason }, stray: act });
    default:
      return beginRevert(plan, { ...at, cause: { kind: 'deadline', reason }, stray: act });
  }
}

function failStep(
  plan: RolloutPlan,
  state: ActingState,
  { atMs, fault, reason }: Extract<ActEvent, { kind: 'act.failed' }>,
): RolloutState {
  const { act } = state;
  if (act.task.kind === 'retire') return retireAgain(state, reason, atMs);
  if (fault === 'transient' || act.task.kind === 'verify') {
    return { ...state, act: retried(act, reason, atMs) };
  }
  const back = (kind: Cause['kind']) =>
    beginRevert(plan, { step: state.step, cause: { kind, reason }, stray: null, atMs });
  switch (act.task.kind) {
    case 'resolve':
      return { kind: 'refused', atMs, cause: { kind: 'unknown-artifact', reason } };
    case 'migrate':
      return { kind: 'blocked', atMs, cause: { kind: 'migration-failed', reason } };
    case 'place':
      return back('unhealthy');
    case 'smoke':
      return back('smoke-failed');
    default:
      return back('shift-failed');
  }
}

function retireAgain(state: ActingState, reason: string, atMs: number): RolloutState {
  const work: ActingState = { ...state, act: retried(state.act, reason, atMs) };
  return work.act.failures < failuresBeforeAlarm ? work : { kind: 'stranded', work, alarm: 'due', reason };
}
