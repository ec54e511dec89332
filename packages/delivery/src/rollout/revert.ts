import {
  type Act,
  type ActTask,
  backOffMs,
  begun,
  dueAgain,
  newAct,
  noteSilence,
  unansweredText,
} from './act.ts';
import type { ActEvent } from './rollout-event.ts';
import type { RolloutPlan } from './rollout-plan.ts';
import type { Cause, EndedState, RevertingState, StrandedState } from './rollout-state.ts';

/** Failures of what must be done, after which people are called. */
export const failuresBeforeAlarm = 5;

const tasks = {
  restore: { kind: 'scale', percent: 100 },
  unshift: { kind: 'shift', weight: 0 },
  verify: { kind: 'verify', weight: 0 },
  refill: { kind: 'scale', percent: 100 },
  remove: { kind: 'remove' },
} as const satisfies Partial<Record<RevertingState['stage'], ActTask>>;

export interface RevertBegin {
  /** Where the rollout stood. */
  step: number;
  cause: Cause;
  /** What was under way; null if nothing was. */
  stray: Act | null;
  atMs: number;
}

/** Weight 0 comes first, whatever else is under way, unless there are old instances to be brought back. */
export function beginRevert(
  { steps }: RolloutPlan,
  { step, cause, stray, atMs }: RevertBegin,
): RevertingState {
  const hasScaled = steps.slice(0, step + 1).some(({ kind }) => kind === 'scale');
  const stage = hasScaled ? 'restore' : 'unshift';
  return {
    kind: 'reverting',
    stage,
    act: newAct(tasks[stage], 'revert-0', atMs),
    stray: stray?.phase.kind === 'begun' ? stray : null,
    hasScaled,
    cause,
    failures: 0,
  };
}

export function attendRevert(
  state: RevertingState,
  event: ActEvent,
): RevertingState | StrandedState | EndedState {
  if (event.act === state.stray?.id) {
    return event.kind === 'act.begun' || event.kind === 'act.silent' ? state : { ...state, stray: null };
  }
  const { act, stage } = state;
  if (event.act !== act.id) return state;
  if (event.kind === 'act.begun') {
    return act.phase.kind === 'due' ? { ...state, act: begun(act, event.atMs) } : state;
  }
  if (act.phase.kind !== 'begun') return state;
  if (event.kind === 'act.silent') return noteSilence(state, event.reason);
  if (stage === 'settle') return enterStage(state, 'verify', event.atMs);
  if (stage === 'restore' && event.kind === 'act.failed') return enterStage(state, 'unshift', event.atMs);
  switch (event.kind) {
    case 'act.missing':
      return { ...state, act: dueAgain(act, event.atMs) };
    case 'act.failed':
      return tryAgain(state, { stage, atMs: event.atMs, reason: event.reason });
    case 'act.succeeded':
      return concludeStage(state, event);
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
  if (stage === 'restore') return enterStage(state, 'unshift', atMs);
  return tryAgain(state, { stage, atMs, reason: unansweredText(act) });
}

function concludeStage(
  state: RevertingState,
  { atMs, weight }: Extract<ActEvent, { kind: 'act.succeeded' }>,
): RevertingState | StrandedState | EndedState {
  switch (state.stage) {
    case 'restore':
      return enterStage(state, 'unshift', atMs);
    case 'unshift':
      if (state.stray) return { ...state, stage: 'settle', act: begun(state.stray, atMs), stray: null };
      return enterStage(state, 'verify', atMs);
    case 'verify':
      if (weight === 0) return enterStage(state, state.hasScaled ? 'refill' : 'remove', atMs);
      return tryAgain(state, { stage: 'unshift', atMs, reason: `the weight is ${weight} and not 0` });
    case 'refill':
      return enterStage(state, 'remove', atMs);
    case 'remove':
      return { kind: 'rolled-back', atMs, cause: state.cause };
    case 'settle':
      return state;
    default:
      return state.stage satisfies never;
  }
}

function enterStage(
  state: RevertingState,
  stage: Exclude<keyof typeof tasks, 'restore'>,
  atMs: number,
): RevertingState {
  // Whether the old instances are all there is asked anew, and not answered by what came of bringing them back before.
  const place = stage === 'refill' ? 'refill' : 'revert';
  return { ...state, stage, act: newAct(tasks[stage], `${place}-${state.failures}`, atMs) };
}

function tryAgain(
  state: RevertingState,
  { stage, atMs, reason }: { stage: RevertingState['stage']; atMs: number; reason: string },
): RevertingState | StrandedState {
  const failures = state.failures + 1;
  const task = stage === 'unshift' ? tasks.unshift : state.act.task;
  const act = {
    ...newAct(task, `revert-${failures}`, atMs + backOffMs(failures)),
    failures,
    trouble: reason,
  };
  const work: RevertingState = { ...state, stage, act, failures };
  return failures < failuresBeforeAlarm ? work : { kind: 'stranded', work, alarm: 'due', reason };
}
