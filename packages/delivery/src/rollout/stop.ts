import { type Act, begun, dueAgain, newAct, noteSilence, retried, unansweredText } from './act.ts';
import { failuresBeforeAlarm } from './revert.ts';
import type { ActEvent } from './rollout-event.ts';
import type { RolloutPlan } from './rollout-plan.ts';
import type { Cause, EndedState, StoppingState, StrandedState } from './rollout-state.ts';

/** Ends a migration that is under way and lets go of its lock. */
export function beginStop(migration: Act, cause: Cause, atMs: number): StoppingState {
  return {
    kind: 'stopping',
    act: newAct({ kind: 'stop-migration', migration: migration.id }, 'stop', atMs),
    cause,
  };
}

export function attendStop(
  state: StoppingState,
  event: ActEvent,
): StoppingState | StrandedState | EndedState {
  const { act, cause } = state;
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
      return stopAgain(state, event.reason, event.atMs);
    case 'act.succeeded':
      return { kind: 'blocked', atMs: event.atMs, cause };
    default:
      return event satisfies never;
  }
}

export function passStopTime(
  plan: RolloutPlan,
  state: StoppingState,
  atMs: number,
): StoppingState | StrandedState {
  const { phase } = state.act;
  if (phase.kind !== 'begun' || atMs < phase.atMs + plan.limits.progressDeadlineMs) return state;
  return stopAgain(state, unansweredText(state.act), atMs);
}

function stopAgain(state: StoppingState, reason: string, atMs: number): StoppingState | StrandedState {
  const work: StoppingState = { ...state, act: retried(state.act, reason, atMs) };
  return work.act.failures < failuresBeforeAlarm ? work : { kind: 'stranded', work, alarm: 'due', reason };
}
