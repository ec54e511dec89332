import { assessAnalysis } from '../analysis/assess-analysis.ts';
import type { MeasurementOutcome } from '../analysis/measurement.ts';
import type { Instances } from '../strategy/rolling-batches.ts';
import type { RolloutStep } from '../strategy/rollout-step.ts';
import type { Act, ActTask } from './act.ts';
import { analysisOf } from './hold.ts';
import type { ActEvent, RolloutEvent } from './rollout-event.ts';
import type { RolloutPlan } from './rollout-plan.ts';
import type { Cause, HoldingState, RevertingState, RolloutState } from './rollout-state.ts';

export interface Happening {
  before: RolloutState;
  event: RolloutEvent;
  after: RolloutState;
}

/** What an event meant for a rollout, in sentences for people: what it was, and where it led if that is elsewhere. */
export function narrate(plan: RolloutPlan, happening: Happening): string[] {
  const { before, after } = happening;
  const verdict = verdictAtEnd(plan, innerOf(before), innerOf(after));
  return [
    ...sayEvent(happening),
    ...(verdict === undefined ? [] : [verdict]),
    ...sayPlace(plan, before, after),
  ];
}

/** `step 4 of 12`, for what comes after. */
export function describeStep(plan: RolloutPlan, index: number): string {
  const step = plan.steps[index];
  return step ? `step ${index + 1} of ${plan.steps.length}: ${describeTask(step)}` : 'the end';
}

export function describeTask(task: RolloutStep | ActTask): string {
  switch (task.kind) {
    case 'resolve':
      return 'make sure that the target can get every digest';
    case 'migrate':
      return 'run the pending migrations';
    case 'place':
      return task.instances === undefined
        ? 'start the new revision without production traffic and wait until it is healthy'
        : `start instances of the new revision (${instancesText(task.instances)}) and wait until they are healthy`;
    case 'smoke':
      return task.on === 'production' ? 'smoke test on production' : 'smoke test on test traffic';
    case 'shift':
      return `give the new revision ${task.weight} % of the traffic`;
    case 'scale':
      return task.percent === 100
        ? 'bring back all instances of the old revision'
        : `drain and end instances of the old revision, down to ${task.percent} %`;
    case 'verify':
      return `read back from the target that ${task.weight} % is in force`;
    case 'hold':
      return `${task.purpose === 'bake' ? 'bake' : 'hold'} for ${durationText(task.durationMs)}`;
    case 'promotion':
      return 'wait for a person to promote';
    case 'retire':
      return 'retire the old revision';
    case 'stop-migration':
      return 'stop the migration and let go of its lock';
    case 'remove':
      return 'remove the new revision';
    default:
      return task satisfies never;
  }
}

function sayEvent({ before, event, after }: Happening): string[] {
  switch (event.kind) {
    case 'rollout.admitted':
      return ['Its turn has come.'];
    case 'gates.passed':
      return ['Policy, approval and windows let it start.'];
    case 'gates.refused':
      return [`Refused: ${event.reason}`];
    case 'act.begun':
    case 'act.succeeded':
    case 'act.failed':
    case 'act.missing':
    case 'act.silent':
      return sayAct(event, actOf(before, event.act));
    case 'metric.measured':
      return [`${event.measurement.metric}: ${sayOutcome(event.measurement.outcome)}`];
    case 'time.passed':
      return [];
    case 'rollout.paused':
      return [`${event.by} paused it: ${event.reason}`];
    case 'rollout.resumed':
      return ['Resumed.'];
    case 'rollout.promoted':
      return [`${event.by} promoted it.`];
    case 'rollout.aborted':
      return [`${event.by} aborted it: ${event.reason}`];
    case 'rollout.superseded':
      return [`A newer deployment, ${event.by}, takes its place.`];
    case 'alarm.raised':
      return [`People are called${after.kind === 'stranded' ? `: ${after.reason}` : ''}.`];
    default:
      return event satisfies never;
  }
}

function sayAct(event: ActEvent, act: Act | undefined): string[] {
  const task = act?.task;
  const what = task ? describeTask(task) : event.act;
  switch (event.kind) {
    case 'act.begun':
      return [act && act.failures > 0 ? `Again (${act.failures + 1}): ${what}.` : `Begun: ${what}.`];
    case 'act.succeeded':
      return [event.weight === undefined ? `Done: ${what}.` : `The target says ${event.weight} %.`];
    case 'act.failed':
      return [`Failed${event.fault === 'transient' ? ' for now' : ''}: ${what}: ${event.reason}`];
    case 'act.silent':
      return [`The target does not say how this stands: ${what}: ${event.reason}`];
    case 'act.missing':
      return [`The target has not heard of it: ${what}; it is begun again.`];
    default:
      return event satisfies never;
  }
}

/** Where it stands now, if that is another place than before. */
function sayPlace(plan: RolloutPlan, before: RolloutState, after: RolloutState): string[] {
  if (before.kind === after.kind && stepOf(before) === stepOf(after)) return [];
  switch (after.kind) {
    case 'acting':
      return before.kind === 'stranded' ? [] : [`${capital(describeStep(plan, after.step))}.`];
    case 'holding':
      return [`${capital(describeStep(plan, after.step))}${watched(plan, after)}.`];
    case 'stopping':
      return [`Going back: ${sayCause(after.cause)} The migration is stopped; no service was touched.`];
    case 'reverting':
      return before.kind === 'stranded'
        ? []
        : [`Going back: ${sayCause(after.cause)} ${firstOfWayBack(after)} first.`];
    case 'stranded':
      return [
        `It can't be brought to its end: ${after.reason}. The environment is frozen; it is still tried.`,
      ];
    case 'completed':
      return ['Completed: the new revision serves all.'];
    case 'rolled-back':
      return [`Rolled back: the old revision serves all. ${sayCause(after.cause)}`];
    case 'blocked':
      return [`Blocked: the migrations did not go through; no service was touched. ${sayCause(after.cause)}`];
    case 'refused':
      return before.kind === 'acting'
        ? [`Refused before anything was changed: ${sayCause(after.cause)}`]
        : [];
    case 'cancelled':
      return [`Cancelled: no new revision was placed. ${sayCause(after.cause)}`];
    case 'queued':
    case 'gated':
    case 'paused':
      return [];
    default:
      return after satisfies never;
  }
}

/** Why a rollout ended as it did, in a sentence. */
export function sayCause({ kind, reason, by }: Cause): string {
  const text = reason.endsWith('.') ? reason : `${reason}.`;
  return by === undefined ? `${kind}: ${text}` : `${kind} by ${by}: ${text}`;
}

function firstOfWayBack({ stage }: RevertingState): string {
  return stage === 'restore' ? 'The old instances come back' : 'Weight 0 comes';
}

function instancesText(instances: Instances): string {
  return Object.entries(instances)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

/** What the analysis said of a hold that is over. A failure is told with its cause. */
function verdictAtEnd(plan: RolloutPlan, before: RolloutState, after: RolloutState): string | undefined {
  const analysis = before.kind === 'holding' ? analysisOf(plan, before) : null;
  if (before.kind !== 'holding' || !analysis) return undefined;
  if (after.kind === 'holding' && after.step === before.step) return undefined;
  if ('cause' in after) return undefined;
  const { kind, metrics } = assessAnalysis(analysis, before.records);
  return `Verdict ${kind}: ${metrics.map(({ reason }) => reason).join(' ')}`;
}

function sayOutcome(outcome: MeasurementOutcome): string {
  switch (outcome.kind) {
    case 'value':
      return outcome.baseline === undefined
        ? figure(outcome.revision)
        : `${figure(outcome.revision)} (old revision: ${figure(outcome.baseline)})`;
    case 'no-data':
      return 'no data';
    case 'error':
      return `the provider failed: ${outcome.message}`;
    default:
      return outcome satisfies never;
  }
}

function watched(plan: RolloutPlan, state: HoldingState): string {
  const analysis = analysisOf(plan, state);
  if (plan.steps[state.step]?.kind !== 'hold' || !analysis) return '';
  return `, watching ${analysis.metrics.map(({ name }) => name).join(', ')}`;
}

function innerOf(state: RolloutState): RolloutState {
  if (state.kind === 'paused') return state.resume;
  return state.kind === 'stranded' ? state.work : state;
}

function stepOf(state: RolloutState): number | undefined {
  const inner = innerOf(state);
  return inner.kind === 'acting' || inner.kind === 'holding' ? inner.step : undefined;
}

function actOf(state: RolloutState, id: string): Act | undefined {
  const inner = innerOf(state);
  if (inner.kind === 'reverting' && inner.stray?.id === id) return inner.stray;
  const act = 'act' in inner ? inner.act : undefined;
  return act?.id === id ? act : undefined;
}

function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `90s` as `1m 30s`. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  const seconds = Math.round(ms / 1000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'm'],
    [seconds % 60, 's'],
  ];
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join(' ');
}
