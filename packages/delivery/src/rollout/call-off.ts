import { beginRevert } from './revert.ts';
import type { RolloutPlan } from './rollout-plan.ts';
import type { ActingState, Cause, HoldingState, RolloutState } from './rollout-state.ts';
import { beginStop } from './stop.ts';

export interface CallOff {
  cause: Cause;
  atMs: number;
}

/**
 * Ends a rollout by the shortest safe way from where it stands. While the old revision retires there is none left: the new one is
 * verified at 100 % and the old one may be half gone, so going back is a deployment of its own.
 */
export function callOff(plan: RolloutPlan, state: RolloutState, { cause, atMs }: CallOff): RolloutState {
  switch (state.kind) {
    case 'queued':
    case 'gated':
      return { kind: 'cancelled', atMs, cause };
    case 'paused':
      return callOff(plan, state.resume, { cause, atMs });
    case 'holding':
      return beginRevert(plan, { step: state.step, cause, stray: null, atMs });
    case 'acting':
      return callOffStep(plan, state, { cause, atMs });
    case 'stopping':
    case 'reverting':
    case 'stranded':
    case 'completed':
    case 'rolled-back':
    case 'blocked':
    case 'refused':
    case 'cancelled':
      return state;
    default:
      return state satisfies never;
  }
}

/** Only before any traffic is shifted, and not while a migration runs: what has gone further is brought to its end. */
export function supersede(plan: RolloutPlan, state: RolloutState, { cause, atMs }: CallOff): RolloutState {
  const inner = state.kind === 'paused' ? state.resume : state;
  if (!isBeforeShift(plan, inner)) return state;
  if (inner.kind === 'acting' && inner.act.task.kind === 'migrate' && inner.act.firstBegunAtMs !== null) {
    return state;
  }
  return callOff(plan, state, { cause, atMs });
}

function isBeforeShift({ steps }: RolloutPlan, state: RolloutState | HoldingState): boolean {
  if (state.kind === 'queued' || state.kind === 'gated') return true;
  return state.kind === 'acting' && state.step < steps.findIndex(({ kind }) => kind === 'shift');
}

function callOffStep(plan: RolloutPlan, state: ActingState, { cause, atMs }: CallOff): RolloutState {
  const { act } = state;
  switch (act.task.kind) {
    case 'resolve':
      return { kind: 'cancelled', atMs, cause };
    case 'migrate':
      if (act.firstBegunAtMs === null) return { kind: 'cancelled', atMs, cause };
      return beginStop(act, cause, atMs);
    case 'place':
      if (act.firstBegunAtMs === null && isBeforeShift(plan, state)) {
        return { kind: 'cancelled', atMs, cause };
      }
      return beginRevert(plan, { step: state.step, cause, stray: act, atMs });
    case 'retire':
      return state;
    default:
      return beginRevert(plan, { step: state.step, cause, stray: act, atMs });
  }
}
