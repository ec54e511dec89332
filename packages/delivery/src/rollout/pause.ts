import type { RolloutEvent } from './rollout-event.ts';
import type { PausedState, RolloutState } from './rollout-state.ts';

export function pause(
  state: RolloutState,
  { atMs, by, reason }: Extract<RolloutEvent, { kind: 'rollout.paused' }>,
): RolloutState {
  if (state.kind !== 'acting' && state.kind !== 'holding') return state;
  return { kind: 'paused', resume: state, sinceMs: atMs, by, reason };
}

export function resume(state: RolloutState, atMs: number): RolloutState {
  return state.kind === 'paused' ? resumed(state, atMs) : state;
}

/** The time of the pause doesn't count for a hold. */
function resumed({ resume: inner, sinceMs }: PausedState, atMs: number): RolloutState {
  if (inner.kind !== 'holding' || inner.untilMs === null) return inner;
  return { ...inner, untilMs: inner.untilMs + (atMs - Math.max(sinceMs, inner.sinceMs)) };
}
