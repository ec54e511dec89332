import { callOff, supersede } from './call-off.ts';
import { attendStep, enterStep, passStepTime } from './forward.ts';
import { measure, passHoldTime, promote } from './hold.ts';
import { pause, resume } from './pause.ts';
import { attendRevert, passRevertTime } from './revert.ts';
import type { ActEvent, RolloutEvent } from './rollout-event.ts';
import type { RolloutPlan } from './rollout-plan.ts';
import type { Cause, RolloutState } from './rollout-state.ts';
import { attendStop, passStopTime } from './stop.ts';
import { within } from './within.ts';

/**
 * The rollout machine. Pure: effects and people's words come as events, and what is to be done is read off the state by `nextActions`.
 *
 * | event              | from                           | to |
 * |--------------------|--------------------------------|----|
 * | rollout.admitted   | queued                         | gated |
 * | gates.passed       | gated                          | acting at the first step |
 * | gates.refused      | queued, gated                  | refused |
 * | act.begun          | any act that is due            | the same, begun |
 * | act.missing        | any act that has begun         | the same, due under the same id |
 * | act.silent         | any act that has begun         | the same; its deadline will name the reason |
 * | act.succeeded      | acting                         | the next step: acting, holding, or completed after the last |
 * |                    | acting: verify, other weight   | acting: verify again |
 * |                    | stopping                       | blocked |
 * |                    | reverting: restore             | unshift, whatever became of it |
 * |                    | reverting: unshift             | settle if something is still under way, else verify |
 * |                    | reverting: settle              | verify, whatever became of it |
 * |                    | reverting: verify, weight 0    | refill if old instances were ended, else remove |
 * |                    | reverting: verify, other weight| unshift again |
 * |                    | reverting: refill              | remove |
 * |                    | reverting: remove              | rolled-back |
 * | act.failed         | acting, transient or verify    | the same act again, later |
 * |                    | acting: resolve                | refused |
 * |                    | acting: migrate                | blocked |
 * |                    | acting: place, smoke, shift, scale | reverting |
 * |                    | acting: retire; stopping; reverting | the same again, later; stranded at the fifth failure |
 * | metric.measured    | holding                        | holding with the measurement, or reverting on a failure |
 * | time.passed        | holding, time over, pass       | the next step |
 * |                    | holding, in doubt beyond the budget | reverting |
 * |                    | acting, deadline over          | resolve: refused; migrate: stopping; retire: again; else reverting |
 * |                    | stopping, reverting, no answer | the same again, later; stranded at the fifth failure |
 * |                    | acting, holding, freeze that rolls back | as by rollout.aborted |
 * | rollout.paused     | acting, holding                | paused |
 * | rollout.resumed    | paused                         | what was paused; the hold takes as much longer |
 * | rollout.promoted   | holding for a person, or in doubt after its time | the next step |
 * | rollout.aborted    | queued, gated, acting: resolve, or migrate or the first place not begun | cancelled |
 * |                    | acting: migrate                | stopping |
 * |                    | acting: place to scale; holding | reverting |
 * |                    | acting: retire                 | unchanged: going back is a deployment of its own |
 * | rollout.superseded | before the first shift, no migration running | as by rollout.aborted; else unchanged |
 * | alarm.raised       | stranded                       | stranded, alarm raised |
 *
 * What is paused or stranded changes inside by the same rules; it stays paused or stranded until it has ended or goes back. A paused
 * hold doesn't end by time. An event that does not fit the state changes nothing and returns the very same object.
 * Undoing a completed deployment is a new one: see `planUndo`.
 */
export function transition(plan: RolloutPlan, state: RolloutState, event: RolloutEvent): RolloutState {
  const { atMs } = event;
  switch (event.kind) {
    case 'rollout.admitted':
      return state.kind === 'queued' ? { kind: 'gated' } : state;
    case 'gates.passed':
      return state.kind === 'gated' ? enterStep(plan, 0, atMs) : state;
    case 'gates.refused':
      return refuse(state, { kind: 'gates', reason: event.reason }, atMs);
    case 'act.begun':
    case 'act.succeeded':
    case 'act.failed':
    case 'act.missing':
    case 'act.silent':
      return within(state, (inner) => attend(plan, inner, event));
    case 'metric.measured':
      return within(state, (inner) =>
        inner.kind === 'holding' ? measure(plan, inner, event.measurement) : inner,
      );
    case 'time.passed':
      return passTime(plan, state, atMs);
    case 'rollout.paused':
      return pause(state, event);
    case 'rollout.resumed':
      return resume(state, atMs);
    case 'rollout.promoted':
      return state.kind === 'holding' ? promote(plan, state, atMs) : state;
    case 'rollout.aborted':
      return callOff(plan, state, { cause: { kind: 'aborted', reason: event.reason, by: event.by }, atMs });
    case 'rollout.superseded': {
      const cause: Cause = { kind: 'superseded', reason: `${event.by} takes its place` };
      return supersede(plan, state, { cause, atMs });
    }
    case 'alarm.raised':
      return state.kind === 'stranded' && state.alarm === 'due' ? { ...state, alarm: 'raised' } : state;
    default:
      return event satisfies never;
  }
}

function refuse(state: RolloutState, cause: Cause, atMs: number): RolloutState {
  return state.kind === 'queued' || state.kind === 'gated' ? { kind: 'refused', atMs, cause } : state;
}

function attend(plan: RolloutPlan, state: RolloutState, event: ActEvent): RolloutState {
  switch (state.kind) {
    case 'acting':
      return attendStep(plan, state, event);
    case 'stopping':
      return attendStop(state, event);
    case 'reverting':
      return attendRevert(state, event);
    default:
      return state;
  }
}

function passTime(plan: RolloutPlan, state: RolloutState, atMs: number): RolloutState {
  // A person keeps the hold, and nothing has begun that could be late.
  if (state.kind === 'paused') {
    const { resume: inner } = state;
    if (inner.kind === 'holding' || inner.act.phase.kind === 'due') return state;
  }
  return within(state, (inner) => {
    switch (inner.kind) {
      case 'acting':
        return passStepTime(plan, inner, atMs);
      case 'holding':
        return passHoldTime(plan, inner, atMs);
      case 'stopping':
        return passStopTime(plan, inner, atMs);
      case 'reverting':
        return passRevertTime(plan, inner, atMs);
      default:
        return inner;
    }
  });
}
