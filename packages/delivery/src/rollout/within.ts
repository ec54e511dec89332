import type { RolloutState } from './rollout-state.ts';

/** Changes what is paused or stranded and keeps it so, unless the change leads out of that; changes any other state itself. */
export function within(state: RolloutState, change: (inner: RolloutState) => RolloutState): RolloutState {
  if (state.kind === 'paused') {
    const next = change(state.resume);
    if (next === state.resume) return state;
    return next.kind === 'acting' || next.kind === 'holding' ? { ...state, resume: next } : next;
  }
  if (state.kind === 'stranded') {
    const next = change(state.work);
    if (next === state.work) return state;
    if (next.kind === 'stranded') return { ...state, work: next.work, reason: next.reason };
    const goesOn = next.kind === 'reverting' || next.kind === 'stopping' || next.kind === 'acting';
    return goesOn ? { ...state, work: next } : next;
  }
  return change(state);
}
