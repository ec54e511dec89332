import type { RunPlan } from '@slipway/workflow/plan';
import { type JobNode, type LegNode, legAt, type RunState, scopeAt } from '@slipway/workflow/run';

/** What of a finished run somebody wants again. */
export type RerunWish =
  | { kind: 'all' }
  /** What failed or was cancelled, and all that needs it. */
  | { kind: 'failed' }
  /** One job and all that needs it; a key of a job or of one leg. */
  | { kind: 'job'; jobKey: string };

/**
 * Keys of jobs and legs that run again: those that are wanted, whatever needs them, directly or not, and the calls that they are part of.
 * Legs of a matrix that succeeded stay, as on GitHub. Null: everything runs again. Empty: nothing is to be done.
 */
export function keysToRerun(plan: RunPlan, state: RunState, wish: RerunWish): Set<string> | null {
  if (wish.kind === 'all') return null;
  const again = new Set<string>();
  const marking: Marking = { plan, state, again, seen: new Set() };
  for (const [index, node] of state.nodes.entries()) {
    if (node.kind === 'scope' || !isWanted(node, wish)) continue;
    if (node.kind === 'leg') {
      again.add(node.key);
      addJob(marking, node.job);
    } else {
      addLegs(state, index, again);
      addJob(marking, index);
    }
  }
  return again;
}

function isWanted(node: JobNode | LegNode, wish: Exclude<RerunWish, { kind: 'all' }>): boolean {
  if (wish.kind === 'job') return node.key === wish.jobKey;
  if (node.state.kind !== 'concluded') return false;
  if (node.kind === 'leg') return isBad(node.state.outcome) && node.plan.work.kind === 'job';
  // Without legs of its own there is nothing else to begin with.
  return node.state.reason !== undefined && isBad(node.state.fact.conclusion);
}

function isBad(conclusion: string): boolean {
  return conclusion === 'failure' || conclusion === 'cancelled';
}

interface Marking {
  plan: RunPlan;
  state: RunState;
  again: Set<string>;
  /** Jobs whose dependents are marked. */
  seen: Set<number>;
}

/** A job that is decided again, and with it its dependents (whole) and the call that it belongs to. */
function addJob(marking: Marking, index: number): void {
  const { plan, state, again } = marking;
  const job = state.nodes[index];
  if (job?.kind !== 'job' || marking.seen.has(index)) return;
  marking.seen.add(index);
  again.add(job.key);
  const { graph, firstJob, caller } = scopeAt(state, job.scope);
  for (const position of plan.graphs[graph]?.jobs[job.position]?.dependents ?? []) {
    addLegs(state, firstJob + position, again);
    addJob(marking, firstJob + position);
  }
  if (caller === null) return;
  again.add(legAt(state, caller).key);
  addJob(marking, legAt(state, caller).job);
}

/** All legs of a job, and all that they call. */
function addLegs(state: RunState, job: number, again: Set<string>): void {
  for (const node of state.nodes) {
    if (node.kind !== 'leg' || node.job !== job) continue;
    again.add(node.key);
    for (const inner of state.nodes) {
      if (inner.kind !== 'scope' && inner.key.startsWith(`${node.key}/`)) again.add(inner.key);
    }
  }
}
