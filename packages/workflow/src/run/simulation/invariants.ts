import type { RunPlan } from '../../plan/run-plan.ts';
import { jobAt, legAt, scopeAt } from '../draft.ts';
import { nextActions, type RunAction } from '../run-action.ts';
import type { RunMachineEvent } from '../run-machine-event.ts';
import type { LegNode, NodeIndex, RunState, ScopeNode } from '../run-state.ts';
import { neededJobs, plannedJob } from '../scope.ts';
import { groupOf } from './random-event.ts';
import type { Pending, World } from './world.ts';

/** What must hold at every moment, whatever happens. */

export interface CheckedTransition {
  plan: RunPlan;
  before: RunState;
  after: RunState;
  changed: NodeIndex[];
  event: RunMachineEvent;
}

/** @throws if the transition breaks a rule. */
export function checkTransition({ plan, before, after, changed, event }: CheckedTransition): void {
  for (const index of changed) {
    const old = before.nodes[index];
    const node = after.nodes[index];
    demand(old?.state.kind !== 'concluded', `node ${index} was concluded and changed`);
    if (node?.kind === 'job' && node.state.kind !== 'waiting') checkNeeds(plan, after, index);
    if (node?.kind === 'leg') checkMaxParallel(after, node.job);
    if (node?.kind === 'leg' && node.state.kind === 'pending') checkEnclosing(plan, after, node);
  }
  if (event.kind === 'run.cancelled' && event.force) checkForced(after);
  checkRunEnd(after);
}

/** A job that has left `waiting` has concluded needs, unless it was cancelled by force before. */
function checkNeeds(plan: RunPlan, state: RunState, index: NodeIndex): void {
  const { key, state: job } = jobAt(state, index);
  if (job.kind === 'concluded' && job.fact.conclusion === 'cancelled') return;
  const open = neededJobs(plan, state, index).filter((need) => need.state.kind !== 'concluded');
  demand(
    open.length === 0,
    `${key} is ${job.kind} before ${open.map((need) => need.key).join(', ')} is concluded`,
  );
  const unknown = plannedJob(plan, state, index).foreign.filter((position) => !state.foreign[position]);
  demand(unknown.length === 0, `${key} is ${job.kind} before a job of a sibling run is concluded`);
}

function checkMaxParallel(state: RunState, index: NodeIndex): void {
  const { key, state: job } = jobAt(state, index);
  if (job.kind !== 'open' || job.maxParallel === null) return;
  let underWay = 0;
  for (let leg = job.firstLeg; leg < job.firstLeg + job.legs; leg++) {
    const { kind } = legAt(state, leg).state;
    if (kind !== 'queued' && kind !== 'concluded') underWay += 1;
  }
  demand(underWay <= job.maxParallel, `${underWay} legs of ${key} are under way, ${job.maxParallel} may be`);
}

/** A leg does not wait for a group that is held until it ends. */
function checkEnclosing(plan: RunPlan, state: RunState, leg: LegNode): void {
  const wanted = leg.plan.groups.map(({ group }) => group);
  let held = plan.groups.map(({ group }) => group);
  for (let { caller } = scopeOf(state, leg); caller !== null; ) {
    const outer = legAt(state, caller);
    held = [...held, ...outer.plan.groups.map(({ group }) => group)];
    caller = scopeOf(state, outer).caller;
  }
  demand(
    !wanted.some((group) => held.includes(group)),
    `${leg.key} waits for a group that is held around it`,
  );
}

function scopeOf(state: RunState, leg: LegNode): ScopeNode {
  return scopeAt(state, jobAt(state, leg.job).scope);
}

/** After a forced cancel everything that runs is told to stop by force. */
function checkForced({ nodes }: RunState): void {
  for (const node of nodes) {
    if (node.kind !== 'leg') continue;
    const spared =
      node.state.kind === 'running' || (node.state.kind === 'cancelling' && !node.state.cancelled.force);
    demand(!spared, `${node.key} is not killed though its run is`);
  }
}

/** The run is concluded when and only when all of it is. */
function checkRunEnd(state: RunState): void {
  const ended = scopeAt(state, 0).state.kind === 'concluded';
  const open = state.nodes.findIndex(({ state: { kind } }, index) => index > 0 && kind !== 'concluded');
  if (ended) demand(open < 0, `the run is concluded, but node ${open} is not`);
  else demand(open >= 0, 'all jobs are concluded, but the run is not');
}

/** What the state asks for is known to be to do: nothing was dropped on the way from transition to transition. */
export function checkLevel(world: World): void {
  for (const [run, state] of world.states.entries()) {
    for (const action of nextActions(state)) {
      if (!mustBePending(action)) continue;
      const known = world.pending.some((one) => one.run === run && isAbout(one, action));
      demand(known, `${JSON.stringify(action)} of run ${run} was forgotten`);
    }
  }
}

function isAbout(pending: Pending, action: RunAction): boolean {
  if (pending.kind === 'opening') return action.kind === 'open-job' && action.job === pending.job;
  return pending.kind === 'action' && JSON.stringify(pending.action) === JSON.stringify(action);
}

function mustBePending({ kind }: RunAction): boolean {
  return kind === 'open-job' || kind === 'start-leg' || kind === 'close-call';
}

/** At most one run or leg is under way in a concurrency group. The files say who is in which, not the legs' plans. */
export function checkGroups({ plan, states }: Pick<World, 'plan' | 'states'>): void {
  const holders = new Map<string, string>();
  const hold = (group: string, member: string): void => {
    const other = holders.get(group);
    demand(other === undefined, `${member} and ${other} hold the concurrency group ${group}`);
    holders.set(group, member);
  };
  for (const [run, state] of states.entries()) {
    const runPlan = plan.runs[run] as RunPlan;
    const root = scopeAt(state, 0);
    if (root.state.kind === 'open' && root.cancelled === null) {
      for (const { group } of runPlan.groups) hold(group, `run ${run}`);
    }
    for (const node of state.nodes) {
      if (node.kind !== 'leg' || !['ready', 'running', 'cancelling', 'calling'].includes(node.state.kind))
        continue;
      const { job, callee } = plannedJob(runPlan, state, node.job);
      const called = callee === undefined ? undefined : runPlan.graphs[callee]?.concurrency;
      const groups = [job.concurrency, called].flatMap((one) => (one ? [groupOf(one)] : []));
      for (const group of new Set(groups)) hold(group, `${run} ${node.key}`);
    }
  }
}

/** Nothing goes on any more: who holds a group is neither concluded, nor has it never learnt that it holds it. */
export function checkHolders({ groups, states }: Pick<World, 'groups' | 'states'>): void {
  for (const [name, { holder }] of Object.entries(groups.groups)) {
    const [run, leg = 0] = (holder ?? '').split('/').map(Number);
    const state = states[run ?? 0]?.nodes[leg]?.state.kind;
    demand(
      holder === null || (state !== 'concluded' && state !== 'pending'),
      `the group ${name} is held by ${holder}, which is ${state}`,
    );
  }
}

function demand(holds: boolean, complaint: string): asserts holds {
  if (!holds) throw new Error(`Broken: ${complaint}.`);
}
