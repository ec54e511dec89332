import type { ForeignNeed, JobGraph, PlannedJob, RunPlan } from '../plan/run-plan.ts';
import { extendLineage } from './conclusion.ts';
import { append, type Draft, jobAt, scopeAt } from './draft.ts';
import type { JobFact, JobNode, NodeIndex, RunState } from './run-state.ts';

/** A run that has not begun. */
export function initialState(plan: RunPlan): RunState {
  const draft: Draft = {
    plan,
    nodes: [],
    foreign: plan.foreign.map(knownFact),
    changed: new Set(),
  };
  openScope(draft, { graph: 0, caller: null, keyPrefix: '', pending: plan.groups.length > 0 });
  return { nodes: draft.nodes, foreign: draft.foreign };
}

function knownFact(need: ForeignNeed): JobFact | null {
  switch (need.kind) {
    case 'sibling':
      return null;
    case 'not-started':
      return absentJob;
    case 'concluded': {
      const { conclusion, outputs } = need;
      return { conclusion, outputs, lineage: extendLineage(conclusion, []) };
    }
    default:
      return need satisfies never;
  }
}

/** What a job of a workflow that was not started is to those that need it. */
const absentJob: JobFact = { conclusion: 'skipped', outputs: {}, lineage: 'mixed' };

export interface ScopeOpening {
  graph: number;
  caller: NodeIndex | null;
  keyPrefix: string;
  /** Its jobs wait until the run is admitted. */
  pending: boolean;
}

export function openScope(draft: Draft, opening: ScopeOpening): NodeIndex {
  const { jobs } = graphAt(draft.plan, opening.graph);
  const scope = append(draft, {
    kind: 'scope',
    graph: opening.graph,
    caller: opening.caller,
    firstJob: draft.nodes.length + 1,
    cancelled: null,
    state: opening.pending
      ? { kind: 'pending' }
      : { kind: 'open', remaining: jobs.length, conclusion: 'skipped' },
  });
  for (const [position, planned] of jobs.entries()) {
    const foreign = planned.foreign.filter((need) => draft.foreign[need] === null);
    const needs = planned.needs.length + foreign.length;
    append(draft, {
      kind: 'job',
      scope,
      position,
      key: opening.keyPrefix + planned.job.id,
      state: needs === 0 && !opening.pending ? { kind: 'opening' } : { kind: 'waiting', needs },
    });
  }
  return scope;
}

export function graphAt(plan: RunPlan, index: number): JobGraph {
  const graph = plan.graphs[index];
  if (graph === undefined) throw new TypeError(`The plan has no graph ${index}.`);
  return graph;
}

/** The plan of a job. */
export function plannedJob(plan: RunPlan, state: Pick<RunState, 'nodes'>, job: NodeIndex): PlannedJob {
  const node = jobAt(state, job);
  const planned = graphAt(plan, scopeAt(state, node.scope).graph).jobs[node.position];
  if (planned === undefined) throw new TypeError(`The graph has no job ${node.position}.`);
  return planned;
}

/** The nodes of the jobs that a job needs, in the order in which it names them. */
export function neededJobs(plan: RunPlan, state: Pick<RunState, 'nodes'>, job: NodeIndex): JobNode[] {
  const { firstJob } = scopeAt(state, jobAt(state, job).scope);
  return plannedJob(plan, state, job).needs.map((position) => jobAt(state, firstJob + position));
}
