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

/** The time of the pause counts neither for a hold nor for the deadline of an act that was kept from being tried again. */
function resumed({ resume: inner, sinceMs }: PausedState, atMs: number): RolloutState {
  if (inner.kind === 'holding') {
    if (inner.untilMs === null) return inner;
    return { ...inner, untilMs: inner.untilMs + (atMs - Math.max(sinceMs, inner.sinceMs)) };
  }
  const { act } = inner;
  if (act.phase.kind !== 'due' || act.firstBegunAtMs === null) return inner;
  return { ...inner, act: { ...act, firstBegunAtMs: act.firstBegunAtMs + (atMs - sinceMs) } };
}
