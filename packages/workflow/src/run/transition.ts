import type { JobOpening, LegsOpening } from '../plan/job-opening.ts';
import type { RunPlan } from '../plan/run-plan.ts';
import {
  admitQueued,
  beginLeg,
  cancelLeg,
  cancelScope,
  cancelStale,
  concludeCall,
  concludeJob,
  concludeLeg,
  countDownNeeds,
} from './cascade.ts';
import { append, type Draft, draftOf, jobAt, legAt, scopeAt, setJob, setLeg, setScope } from './draft.ts';
import type { RunMachineEvent } from './run-machine-event.ts';
import type { Cancellation, JobFact, NodeIndex, RunState } from './run-state.ts';
import { graphAt } from './scope.ts';

export interface Transition {
  state: RunState;
  /** The nodes that are new or different; what must be done about them is `actionsOf`. */
  changed: NodeIndex[];
}

/**
 * The run machine. Pure: what the world decides (expressions, runners, concurrency groups, people) comes as events.
 *
 * | event          | from                        | to |
 * |----------------|-----------------------------|----|
 * | run.admitted   | run pending                 | run open, jobs without needs opening |
 * | run.cancelled  | run pending                 | all jobs concluded cancelled |
 * |                | run open                    | legs end as by leg.cancelled, but not of jobs that survive; waiting jobs are judged when their needs are concluded |
 * |                | run open, force             | all legs end, unopened jobs concluded cancelled |
 * | need.concluded | job waiting                 | waiting with one need less, or opening |
 * | job.opened     | job opening, `skipped`      | job concluded skipped |
 * |                | job opening, `invalid`      | job concluded failure |
 * |                | job opening, `legs`         | job open; legs queued, then pending, ready or calling as max-parallel and groups allow; concluded cancelled if the run was cancelled meanwhile and the job does not survive that |
 * | leg.admitted   | leg pending                 | ready, or calling: the called jobs wait or are opening |
 * | leg.started    | leg ready                   | running |
 * | leg.finished   | leg ready, running, cancelling | concluded; a failure under fail-fast cancels its siblings |
 * | leg.refused    | leg ready                   | concluded skipped |
 * | leg.lost       | leg running                 | concluded failure |
 * |                | leg cancelling              | concluded cancelled |
 * | leg.returned   | leg running                 | ready |
 * |                | leg cancelling              | concluded cancelled |
 * | leg.cancelled  | leg queued, pending, ready  | concluded cancelled |
 * |                | leg running                 | cancelling |
 * |                | leg cancelling, force       | cancelling by force |
 * |                | leg calling                 | the called jobs end as by run.cancelled |
 * | call.closed    | call closing                | its leg concluded |
 *
 * With its last leg a job is concluded, with its last job a call is closing and a run concluded, with its last need a
 * waiting job is opening. An event that does not fit the state changes nothing.
 */
export function transition(plan: RunPlan, state: RunState, event: RunMachineEvent): Transition {
  const draft = draftOf(plan, state);
  apply(draft, event);
  if (draft.changed.size === 0 && draft.foreign === state.foreign) return { state, changed: [] };
  return { state: { nodes: draft.nodes, foreign: draft.foreign }, changed: [...draft.changed] };
}

function apply(draft: Draft, event: RunMachineEvent): void {
  switch (event.kind) {
    case 'run.admitted':
      admitRun(draft);
      break;
    case 'run.cancelled':
      cancelScope(draft, 0, cancellationOf(event));
      break;
    case 'need.concluded':
      noteForeign(draft, event.foreign, event.fact);
      break;
    case 'job.opened':
      if (jobAt(draft, event.job).state.kind === 'opening') openJob(draft, event.job, event.opening);
      break;
    case 'leg.admitted':
      if (isLeg(draft, event.leg, 'pending')) beginLeg(draft, event.leg);
      break;
    case 'leg.started':
      if (isLeg(draft, event.leg, 'ready')) setLeg(draft, event.leg, { kind: 'running' });
      break;
    case 'leg.finished':
      if (isLeg(draft, event.leg, 'ready', 'running', 'cancelling')) {
        concludeLeg(draft, event.leg, { ...event, outcome: event.conclusion });
      }
      break;
    case 'leg.refused':
      if (isLeg(draft, event.leg, 'ready')) {
        concludeLeg(draft, event.leg, { outcome: 'skipped', reason: event.reason });
      }
      break;
    case 'leg.lost':
      loseLeg(draft, event.leg, event.reason);
      break;
    case 'leg.returned':
      returnLeg(draft, event.leg);
      break;
    case 'leg.cancelled':
      cancelLeg(draft, event.leg, cancellationOf(event));
      break;
    case 'call.closed':
      concludeCall(draft, event.scope, event);
      break;
    default:
      event satisfies never;
  }
}

function cancellationOf({ force, reason }: Cancellation): Cancellation {
  return { force, reason };
}

function admitRun(draft: Draft): void {
  const { firstJob, graph, state } = scopeAt(draft, 0);
  if (state.kind !== 'pending') return;
  const { length } = graphAt(draft.plan, graph).jobs;
  setScope(draft, 0, { state: { kind: 'open', remaining: length, conclusion: 'skipped' } });
  for (let job = firstJob; job < firstJob + length; job++) {
    const jobState = jobAt(draft, job).state;
    if (jobState.kind === 'waiting' && jobState.needs === 0) setJob(draft, job, { kind: 'opening' });
  }
}

function noteForeign(draft: Draft, foreign: number, fact: JobFact): void {
  if (draft.foreign[foreign] !== null) return;
  draft.foreign = draft.foreign.with(foreign, fact);
  const { firstJob, graph } = scopeAt(draft, 0);
  for (const [position, job] of graphAt(draft.plan, graph).jobs.entries()) {
    if (job.foreign.includes(foreign)) countDownNeeds(draft, firstJob + position);
  }
}

function openJob(draft: Draft, index: NodeIndex, opening: JobOpening): void {
  switch (opening.kind) {
    case 'skipped':
      concludeJob(draft, index, { conclusion: 'skipped', outputs: {} }, opening.reason);
      break;
    case 'invalid':
      concludeJob(draft, index, { conclusion: 'failure', outputs: {} }, opening.reason);
      break;
    case 'legs':
      openLegs(draft, index, opening);
      break;
    default:
      opening satisfies never;
  }
}

function openLegs(draft: Draft, index: NodeIndex, opening: LegsOpening): void {
  const { key } = jobAt(draft, index);
  const firstLeg = draft.nodes.length;
  for (const [position, plan] of opening.legs.entries()) {
    append(draft, {
      kind: 'leg',
      job: index,
      position,
      key: plan.matrix === null ? key : `${key}(${position})`,
      plan,
      state: { kind: 'queued' },
    });
  }
  setJob(draft, index, {
    kind: 'open',
    firstLeg,
    legs: opening.legs.length,
    remaining: opening.legs.length,
    next: 0,
    underWay: 0,
    conclusion: 'skipped',
    outputs: {},
    failFast: opening.failFast,
    maxParallel: opening.maxParallel,
    survivesCancel: opening.survivesCancel,
  });
  if (!cancelStale(draft, index)) admitQueued(draft, index);
}

function loseLeg(draft: Draft, index: NodeIndex, reason: string): void {
  const { state } = legAt(draft, index);
  if (state.kind === 'running') concludeLeg(draft, index, { outcome: 'failure', reason });
  if (state.kind === 'cancelling')
    concludeLeg(draft, index, { outcome: 'cancelled', reason: state.cancelled.reason });
}

function returnLeg(draft: Draft, index: NodeIndex): void {
  const { state } = legAt(draft, index);
  if (state.kind === 'running') setLeg(draft, index, { kind: 'ready' });
  if (state.kind === 'cancelling')
    concludeLeg(draft, index, { outcome: 'cancelled', reason: state.cancelled.reason });
}

function isLeg(draft: Draft, index: NodeIndex, ...kinds: string[]): boolean {
  return kinds.includes(legAt(draft, index).state.kind);
}
