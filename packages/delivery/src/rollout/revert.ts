import { type Act, type ActTask, backOffMs, begun, dueAgain, newAct, unshift } from './act.ts';
import type { ActEvent } from './rollout-event.ts';
import type { RolloutPlan } from './rollout-plan.ts';
import type { Cause, EndedState, RevertingState, StrandedState } from './rollout-state.ts';

/** Failures of what must be done, after which people are called. */
export const failuresBeforeAlarm = 5;

/** Weight 0 comes first, whatever else is under way. */
export function beginRevert(
  plan: RolloutPlan,
  { cause, stray, atMs }: { cause: Cause; stray: Act | null; atMs: number },
): RevertingState {
  return {
    kind: 'reverting',
    stage: 'unshift',
    act: newAct(unshift(plan.steps), 'revert-0', atMs),
    stray: stray?.phase.kind === 'begun' ? stray : null,
    cause,
    failures: 0,
  };
}

export function attendRevert(
  plan: RolloutPlan,
  state: RevertingState,
  event: ActEvent,
): RevertingState | StrandedState | EndedState {
  if (event.act === state.stray?.id) return event.kind === 'act.begun' ? state : { ...state, stray: null };
  const { act, stage } = state;
  if (event.act !== act.id) return state;
  if (event.kind === 'act.begun') {
    return act.phase.kind === 'due' ? { ...state, act: begun(act, event.atMs) } : state;
  }
  if (act.phase.kind !== 'begun') return state;
  if (stage === 'settle') return enterStage(state, 'verify', event.atMs);
  switch (event.kind) {
    case 'act.missing':
      return { ...state, act: dueAgain(act, event.atMs) };
    case 'act.failed':
      return tryAgain(plan, state, { stage, atMs: event.atMs, reason: event.reason });
    case 'act.succeeded':
      return concludeStage(plan, state, event);
    default:
      return event satisfies never;
  }
}

/** What gives no answer in time is tried again; a stray is not waited for longer than that. */
export function passRevertTime(
  plan: RolloutPlan,
  state: RevertingState,
  atMs: number,
): RevertingState | StrandedState {
  const { act, stage } = state;
  if (act.phase.kind !== 'begun' || atMs < act.phase.atMs + plan.limits.progressDeadlineMs) return state;
  if (stage === 'settle') return enterStage(state, 'verify', atMs);
  return tryAgain(plan, state, { stage, atMs, reason: `no answer to ${act.task.kind}` });
}

function concludeStage(
  plan: RolloutPlan,
  state: RevertingState,
  { atMs, weight }: Extract<ActEvent, { kind: 'act.succeeded' }>,
): RevertingState | StrandedState | EndedState {
  switch (state.stage) {
    case 'unshift':
      if (state.stray) return { ...state, stage: 'settle', act: begun(state.stray, atMs), stray: null };
      return enterStage(state, 'verify', atMs);
    case 'verify':
      if (weight === 0) return enterStage(state, 'remove', atMs);
      return tryAgain(plan, state, { stage: 'unshift', atMs, reason: `the weight is ${weight} and not 0` });
    case 'remove':
      return { kind: 'rolled-back', atMs, cause: state.cause };
    case 'settle':
      return state;
    default:
      return state.stage satisfies never;
  }
}

function enterStage(state: RevertingState, stage: 'verify' | 'remove', atMs: number): RevertingState {
  const task: ActTask = stage === 'verify' ? { kind: 'verify', weight: 0 } : { kind: 'remove' };
  return { ...state, stage, act: newAct(task, `revert-${state.failures}`, atMs) };
}

function tryAgain(
  plan: RolloutPlan,
  state: RevertingState,
  { stage, atMs, reason }: { stage: RevertingState['stage']; atMs: number; reason: string },
): RevertingState | StrandedState {
  const failures = state.failures + 1;
  const task = stage === 'unshift' ? unshift(plan.steps) : state.act.task;
  const act = {
    ...newAct(task, `revert-${failures}`, atMs + backOffMs(failures)),
    failures,
    trouble: reason,
  };
  const work: RevertingState = { ...state, stage, act, failures };
  return failures < failuresBeforeAlarm ? work : { kind: 'stranded', work, alarm: 'due', reason };
}
