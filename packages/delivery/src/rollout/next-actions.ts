import type { Act } from './act.ts';
import { closureFor, closureOf } from './closure.ts';
import { deadlineOf } from './forward.ts';
import { analysisOf, doubtBudgetMs } from './hold.ts';
import type { RolloutPlan } from './rollout-plan.ts';
import type {
  ActingState,
  HoldingState,
  RevertingState,
  RolloutState,
  StoppingState,
} from './rollout-state.ts';
import { transition } from './transition.ts';

/** What the controller has to do now. */
export type RolloutAction =
  /** Ask for the environment; then `rollout.admitted`. */
  | { kind: 'await-turn' }
  /** Hold the plan against policy, approval and windows; then `gates.passed` or `gates.refused`. */
  | { kind: 'assess-gates' }
  /** Write `act.begun`, and only then do it, with its id as the token; write what came of it. */
  | { kind: 'begin'; act: Act }
  /** It was begun, perhaps by a controller that is no more: find it by its id and write what came of it, or `act.missing`. */
  | { kind: 'adopt'; act: Act }
  /** Ask the provider; then `metric.measured`. */
  | { kind: 'measure'; metric: string }
  /** The clock alone changes the state: write `time.passed` and ask again. */
  | { kind: 'advance' }
  /** Call people; then `alarm.raised`. */
  | { kind: 'raise-alarm'; reason: string }
  /** Nothing before this time unless something happens; null: not by time. */
  | { kind: 'wait'; untilMs: number | null };

/** Level-triggered: the same state and time give the same actions, however often they are asked for. An ended rollout has none. */
export function nextActions(plan: RolloutPlan, state: RolloutState, nowMs: number): RolloutAction[] {
  if (transition(plan, state, { kind: 'time.passed', atMs: nowMs }) !== state) return [{ kind: 'advance' }];
  switch (state.kind) {
    case 'queued':
      return [{ kind: 'await-turn' }];
    case 'gated':
      return [{ kind: 'assess-gates' }];
    case 'acting':
      return actionsOfStep(plan, state, nowMs);
    case 'holding':
      return actionsOfHold(plan, state, nowMs);
    case 'paused':
      return actionsOfPaused(plan, state.resume, nowMs);
    case 'stopping':
    case 'reverting':
      return actionsOfWork(plan, state, nowMs);
    case 'stranded': {
      const { work, alarm, reason } = state;
      const alarms: RolloutAction[] = alarm === 'due' ? [{ kind: 'raise-alarm', reason }] : [];
      return [
        ...alarms,
        ...(work.kind === 'acting' ? actionsOfStep(plan, work, nowMs) : actionsOfWork(plan, work, nowMs)),
      ];
    }
    case 'completed':
    case 'rolled-back':
    case 'blocked':
    case 'refused':
    case 'cancelled':
      return [];
    default:
      return state satisfies never;
  }
}

function actionsOfStep(plan: RolloutPlan, state: ActingState, nowMs: number): RolloutAction[] {
  const closure = state.act.phase.kind === 'due' ? closureFor(plan, state, nowMs) : undefined;
  if (closure) return [{ kind: 'wait', untilMs: closure.untilMs }];
  return actionsOfAct(state.act, { nowMs, lateMs: deadlineOf(plan, state) });
}

function actionsOfWork(
  plan: RolloutPlan,
  state: RevertingState | StoppingState,
  nowMs: number,
): RolloutAction[] {
  const { act } = state;
  const lateMs =
    act.phase.kind === 'begun' ? act.phase.atMs + plan.limits.progressDeadlineMs : Number.POSITIVE_INFINITY;
  const stray: RolloutAction[] =
    state.kind === 'reverting' && state.stray ? [{ kind: 'adopt', act: state.stray }] : [];
  return [...actionsOfAct(act, { nowMs, lateMs }), ...stray];
}

function actionsOfAct(act: Act, { nowMs, lateMs }: { nowMs: number; lateMs: number }): RolloutAction[] {
  if (act.phase.kind === 'begun') return [{ kind: 'adopt', act }, waitUntil(lateMs)];
  if (act.phase.fromMs <= nowMs) return [{ kind: 'begin', act }];
  return [waitUntil(Math.min(act.phase.fromMs, lateMs))];
}

/** What has begun is seen to its end; nothing new begins. */
function actionsOfPaused(
  plan: RolloutPlan,
  state: ActingState | HoldingState,
  nowMs: number,
): RolloutAction[] {
  if (state.kind === 'acting') {
    return state.act.phase.kind === 'begun'
      ? actionsOfStep(plan, state, nowMs)
      : [waitUntil(Number.POSITIVE_INFINITY)];
  }
  const { due, nextMs } = metricsOf(plan, state, nowMs);
  return due.length > 0 ? due : [waitUntil(nextMs)];
}

function actionsOfHold(plan: RolloutPlan, state: HoldingState, nowMs: number): RolloutAction[] {
  const { due, nextMs } = metricsOf(plan, state, nowMs);
  if (due.length > 0) return due;
  const endMs = state.untilMs ?? Number.POSITIVE_INFINITY;
  const later = [
    endMs,
    endMs + doubtBudgetMs(plan),
    closureOf(plan, nowMs)?.untilMs ?? Number.POSITIVE_INFINITY,
  ];
  return [waitUntil(Math.min(nextMs, ...later.filter((atMs) => atMs > nowMs)))];
}

/** Errors are asked about again after ten seconds, as in Argo Rollouts, however long the interval is. */
const errorRetryMs = 10_000;

function metricsOf(
  plan: RolloutPlan,
  state: HoldingState,
  nowMs: number,
): { due: RolloutAction[]; nextMs: number } {
  const { records, sinceMs } = state;
  const times = (analysisOf(plan, state)?.metrics ?? []).map(({ name, intervalMs }) => {
    const record = records.find(({ metric }) => metric === name);
    const pauseMs = record && record.consecutiveErrors > 0 ? Math.min(errorRetryMs, intervalMs) : intervalMs;
    return { name, atMs: (record?.lastAtMs ?? sinceMs) + pauseMs };
  });
  return {
    due: times.filter(({ atMs }) => atMs <= nowMs).map(({ name }) => ({ kind: 'measure', metric: name })),
    nextMs: Math.min(Number.POSITIVE_INFINITY, ...times.map(({ atMs }) => atMs)),
  };
}

function waitUntil(atMs: number): RolloutAction {
  return { kind: 'wait', untilMs: Number.isFinite(atMs) ? atMs : null };
}
