import { evaluateCallOutputs } from '../../plan/close-call.ts';
import type { JobOpening } from '../../plan/job-opening.ts';
import { openJob } from '../../plan/open-job.ts';
import type { EventPlan, ForeignNeed, RunPlan } from '../../plan/run-plan.ts';
import {
  type ConcurrencyGroups,
  type GroupChange,
  leaveGroups,
  requestGroups,
} from '../concurrency-groups.ts';
import { jobAt, legAt, scopeAt } from '../draft.ts';
import { scopeContexts, situationOf } from '../job-situation.ts';
import { actionsOf, nextActions, type RunAction } from '../run-action.ts';
import type { RunMachineEvent } from '../run-machine-event.ts';
import type { NodeIndex, RunState } from '../run-state.ts';
import { jobsContext } from '../status.ts';
import { transition } from '../transition.ts';
import { checkGroups, checkHolders, checkTransition } from './invariants.ts';
import type { Random } from './random.ts';
import type { RunRecord } from './record.ts';
import type { Sabotage } from './simulate.ts';

/** The simulated controller: what it knows, and what it has yet to do. */
export interface World {
  random: Random;
  sabotage: Sabotage;
  plan: EventPlan;
  states: RunState[];
  records: RunRecord[];
  groups: ConcurrencyGroups;
  pending: Pending[];
  running: { run: number; leg: NodeIndex }[];
  /** Counts events; each has a time of its own. */
  time: number;
}

export type Pending =
  | { kind: 'action'; run: number; action: RunAction }
  | { kind: 'event'; run: number; event: RunMachineEvent }
  /** A job's keys were evaluated at a time; the machine has yet to learn of it. */
  | { kind: 'opening'; run: number; job: NodeIndex; opening: JobOpening; evaluatedAt: number };

/** Everything that the states ask for: at the start, and after a crash. */
export function announceAll(world: World): void {
  world.pending = [];
  for (const [run, state] of world.states.entries()) {
    for (const action of nextActions(state)) world.pending.push({ kind: 'action', run, action });
    relay(world, run, [...state.nodes.keys()]);
  }
}

export function isDone({ states }: World): boolean {
  return states.every((state) => scopeAt(state, 0).state.kind === 'concluded');
}

/** One transition, checked and recorded. */
export function apply(world: World, run: number, given: RunMachineEvent): void {
  const { sabotage } = world;
  const event = sabotage.event ? sabotage.event(given) : given;
  if (event === undefined) return;
  world.time += 1;
  const before = world.states[run] as RunState;
  const { state, changed } = transition(planOf(world, run), before, event);
  checkTransition({ plan: planOf(world, run), before, after: state, changed, event: given });
  freeze(state, changed);
  world.states[run] = state;
  if (given.kind === 'leg.started' || given.kind.endsWith('admitted')) checkGroups(world);
  recordEvent(world, run, given, before);
  recordConcluded(world, run, changed);
  for (const action of actionsOf(state, changed)) world.pending.push({ kind: 'action', run, action });
  relay(world, run, changed);
}

/** Does one thing that is to be done, whichever. It may be out of date by now, as with a slow controller. */
export function performPending(world: World): void {
  const index = world.random.int(world.pending.length);
  const pending = world.pending[index] as Pending;
  world.pending[index] = world.pending.at(-1) as Pending;
  world.pending.pop();
  switch (pending.kind) {
    case 'action':
      perform(world, pending.run, pending.action);
      break;
    case 'event':
      apply(world, pending.run, pending.event);
      break;
    case 'opening':
      openEvaluated(world, pending);
      break;
    default:
      pending satisfies never;
  }
}

function openEvaluated(
  world: World,
  { run, job, opening, evaluatedAt }: Extract<Pending, { kind: 'opening' }>,
): void {
  const { key, state } = jobAt(world.states[run] as RunState, job);
  if (state.kind === 'opening') (world.records[run] as RunRecord).openedAt.set(key, evaluatedAt);
  apply(world, run, { kind: 'job.opened', job, opening });
}

/** Nothing runs and nothing can be done: members of concurrency groups wait for each other. One of them gives way. */
export function breakDeadlock(world: World): void {
  checkHolders(world);
  for (const [run, state] of world.states.entries()) {
    for (const [index, node] of state.nodes.entries()) {
      if (node.state.kind !== 'pending') continue;
      const reason = 'deadlock';
      if (node.kind === 'leg') apply(world, run, { kind: 'leg.cancelled', leg: index, reason, force: false });
      else apply(world, run, { kind: 'run.cancelled', reason, force: false });
      return;
    }
  }
  throw new Error('The runs are stuck: nothing runs, nothing is to be done, and not all is concluded.');
}

function perform(world: World, run: number, action: RunAction): void {
  const plan = planOf(world, run);
  const state = world.states[run] as RunState;
  switch (action.kind) {
    case 'admit-run':
      if (scopeAt(state, 0).state.kind === 'pending')
        follow(world, requestGroups(world.groups, `${run}`, plan.groups));
      break;
    case 'admit-leg': {
      const leg = legAt(state, action.leg);
      if (leg.state.kind !== 'pending') break;
      follow(world, requestGroups(world.groups, `${run}/${action.leg}`, leg.plan.groups));
      break;
    }
    case 'open-job': {
      if (jobAt(state, action.job).state.kind !== 'opening') break;
      const opening = openJob(situationOf(plan, state, action.job));
      const sabotaged = world.sabotage.opening?.(opening) ?? opening;
      world.time += 1;
      const { job } = action;
      world.pending.push({ kind: 'opening', run, job, opening: sabotaged, evaluatedAt: world.time });
      break;
    }
    case 'start-leg':
      startLeg(world, run, action.leg);
      break;
    case 'close-call': {
      const graph = plan.graphs[scopeAt(state, action.scope).graph];
      const contexts = {
        ...scopeContexts(plan, state, action.scope),
        jobs: jobsContext(plan, state, action.scope),
      };
      if (graph)
        apply(world, run, {
          kind: 'call.closed',
          scope: action.scope,
          ...evaluateCallOutputs(graph, { contexts }),
        });
      break;
    }
    case 'release-leg':
      follow(world, leaveGroups(world.groups, `${run}/${action.leg}`));
      break;
    case 'finish-run':
      follow(world, leaveGroups(world.groups, `${run}`));
      break;
    case 'stop-leg':
      break;
    default:
      action satisfies never;
  }
}

function startLeg(world: World, run: number, leg: NodeIndex): void {
  if (legAt(world.states[run] as RunState, leg).state.kind !== 'ready') return;
  if (world.random.chance(0.04)) {
    apply(world, run, { kind: 'leg.refused', leg, reason: 'no runner' });
    return;
  }
  apply(world, run, { kind: 'leg.started', leg });
  world.running.push({ run, leg });
}

/** Who must end learns it at once; who may begin, some time: a crash may come in between. */
function follow(world: World, { groups, effects }: GroupChange): void {
  world.groups = groups;
  for (const effect of effects) {
    const [run = 0, leg] = effect.member.split('/').map(Number);
    if (effect.kind === 'granted') {
      const event: RunMachineEvent =
        leg === undefined ? { kind: 'run.admitted' } : { kind: 'leg.admitted', leg };
      world.pending.push({ kind: 'event', run, event });
    } else {
      const { reason } = effect;
      if (leg === undefined) apply(world, run, { kind: 'run.cancelled', reason, force: false });
      else apply(world, run, { kind: 'leg.cancelled', leg, reason, force: false });
    }
  }
}

function relay(world: World, run: number, changed: NodeIndex[]): void {
  const state = world.states[run] as RunState;
  for (const index of changed) {
    const node = state.nodes[index];
    if (node?.kind !== 'job' || node.scope !== 0 || node.state.kind !== 'concluded') continue;
    for (const [listener, { foreign }] of world.plan.runs.entries()) {
      for (const [position, need] of foreign.entries()) {
        if (need.kind !== 'sibling' || need.run !== run || need.job !== node.position) continue;
        const event = { kind: 'need.concluded', foreign: position, fact: node.state.fact } as const;
        world.pending.push({ kind: 'event', run: listener, event });
      }
    }
  }
}

function planOf(world: World, run: number): RunPlan {
  return world.plan.runs[run] as RunPlan;
}

/** A transition that writes to a state that was given away throws from here on. */
function freeze(state: RunState, changed: NodeIndex[]): void {
  Object.freeze(state.nodes);
  for (const index of changed) {
    const node = state.nodes[index];
    Object.freeze(node);
    Object.freeze(node?.state);
  }
}

function recordEvent(world: World, run: number, event: RunMachineEvent, before: RunState): void {
  const record = world.records[run] as RunRecord;
  const at = world.time;
  switch (event.kind) {
    case 'run.admitted':
      record.admittedAt ??= at;
      break;
    case 'need.concluded': {
      const { id } = planOf(world, run).foreign[event.foreign] as ForeignNeed;
      if (!record.toldAt.has(id)) record.toldAt.set(id, at);
      break;
    }
    case 'run.cancelled':
      if (scopeAt(before, 0).state.kind !== 'concluded') record.cancels.push({ at, force: event.force });
      break;
    case 'leg.cancelled': {
      const { key } = legAt(before, event.leg);
      record.legCancels.set(key, [...(record.legCancels.get(key) ?? []), { at, force: event.force }]);
      break;
    }
    default:
      recordLegEvent(record, at, event, before);
  }
}

function recordLegEvent(record: RunRecord, at: number, event: RunMachineEvent, before: RunState): void {
  if (!('leg' in event)) return;
  const { key, state } = legAt(before, event.leg);
  const runs = state.kind === 'running' || state.kind === 'cancelling';
  if (event.kind === 'leg.started' && state.kind === 'ready') {
    record.startedAt.set(key, [...(record.startedAt.get(key) ?? []), at]);
  }
  if (event.kind === 'leg.finished' && runs) record.reports.set(key, { ...event, kind: 'finished', at });
  if (event.kind === 'leg.lost' && runs) record.reports.set(key, { kind: 'lost', at });
  if (event.kind === 'leg.returned' && runs) record.reports.set(key, { kind: 'returned', at });
  if (event.kind === 'leg.refused' && state.kind === 'ready')
    record.reports.set(key, { kind: 'refused', at });
}

function recordConcluded(world: World, run: number, changed: NodeIndex[]): void {
  const record = world.records[run] as RunRecord;
  const state = world.states[run] as RunState;
  for (const index of changed) {
    const node = state.nodes[index];
    if (node?.kind === 'scope' || node === undefined) continue;
    if (node.state.kind === 'calling' && !record.calledAt.has(node.key))
      record.calledAt.set(node.key, world.time);
    const name = `${node.kind} ${node.key}`;
    if (node.state.kind === 'concluded' && !record.concludedAt.has(name))
      record.concludedAt.set(name, world.time);
  }
}
