import type { Diagnostic } from '../model/diagnostic.ts';
import type { ReusableJob, Workflow } from '../model/workflow.ts';
import { type LoadWorkflow, maxCallDepth, notCallable, tooDeep, unknownWorkflow } from './called-workflow.ts';
import { type Need, resolveNeeds } from './resolve-needs.ts';
import type { ForeignNeed, JobGraph, PlannedJob } from './run-plan.ts';

/** The graphs of one run while they are put together. */
export interface GraphDraft {
  graphs: JobGraph[];
  foreign: ForeignNeed[];
  diagnostics: Diagnostic[];
}

/** The workflow of a run, with the jobs that take part and what they need. */
export interface OwnJobs {
  workflow: Workflow;
  /** Position of this workflow among those of the event. */
  index: number;
  /** Of all its jobs. */
  needs: Need[][];
  /** By workflow of the event: position of each job among those that take part. */
  positions: Map<number, number>[];
}

/** Lays out the jobs of a workflow and, behind them, of every workflow that they call. */
export function layOutGraphs(own: OwnJobs, load: LoadWorkflow): GraphDraft {
  const draft: GraphDraft = { graphs: [], foreign: [], diagnostics: [] };
  const taking = own.positions[own.index] ?? new Map();
  const { jobs } = own.workflow;
  const selected = jobs.flatMap((job, position) => (taking.has(position) ? [{ job, position }] : []));
  const graph = graphOf(
    own.workflow,
    selected.map(({ job, position }): PlannedJob => {
      const needs = own.needs[position] ?? [];
      return {
        job,
        needs: needs.flatMap((need) =>
          need.kind === 'job' && need.workflow === own.index ? [taking.get(need.job) ?? 0] : [],
        ),
        foreign: needs.flatMap((need) => foreignPosition(draft, own, need)),
        dependents: [],
      };
    }),
  );
  draft.graphs.push(graph);
  layOutCalls(draft, { caller: own.workflow, graph, depth: 1, load });
  return draft;
}

function foreignPosition(draft: GraphDraft, own: OwnJobs, need: Need): number[] {
  if (need.kind === 'job' && need.workflow === own.index) return [];
  const foreign = foreignOf(own, need);
  const known = draft.foreign.findIndex((one) => JSON.stringify(one) === JSON.stringify(foreign));
  return [known >= 0 ? known : draft.foreign.push(foreign) - 1];
}

function foreignOf(own: OwnJobs, need: Need): ForeignNeed {
  if (need.kind === 'not-started') return need;
  const job = own.positions[need.workflow]?.get(need.job) ?? 0;
  return { kind: 'sibling', run: need.workflow, job, id: need.id };
}

interface CallSite {
  caller: Workflow;
  graph: JobGraph;
  depth: number;
  load: LoadWorkflow;
}

function layOutCalls(draft: GraphDraft, { caller, graph, depth, load }: CallSite): void {
  for (const planned of graph.jobs) {
    if (planned.job.kind !== 'reusable') continue;
    const called = findCalled(draft, planned.job, { caller, graph, depth, load });
    if (called === undefined) continue;
    const { needs, diagnostics } = resolveNeeds([called]);
    draft.diagnostics.push(...diagnostics);
    const calledGraph = graphOf(
      called,
      called.jobs.map((job, position) => ({
        job,
        needs: ownNeeds(needs[0]?.[position]),
        foreign: [],
        dependents: [],
      })),
    );
    planned.callee = draft.graphs.push(calledGraph) - 1;
    layOutCalls(draft, { caller: called, graph: calledGraph, depth: depth + 1, load });
  }
}

function findCalled(
  draft: GraphDraft,
  job: ReusableJob,
  { caller, depth, load }: CallSite,
): Workflow | undefined {
  if (depth > maxCallDepth) {
    draft.diagnostics.push(tooDeep(caller, job));
    return undefined;
  }
  const called = load(job.uses, caller);
  if (called === undefined) draft.diagnostics.push(unknownWorkflow(caller, job));
  else if (called.on.workflow_call === undefined) draft.diagnostics.push(notCallable(caller, job));
  else return called;
  return undefined;
}

function ownNeeds(needs: Need[] | undefined): number[] {
  return (needs ?? []).flatMap((need) => (need.kind === 'job' ? [need.job] : []));
}

function graphOf(workflow: Workflow, jobs: PlannedJob[]): JobGraph {
  for (const [position, { needs }] of jobs.entries()) {
    for (const need of needs) jobs[need]?.dependents.push(position);
  }
  const { path, env, defaults, permissions, concurrency } = workflow;
  return {
    path,
    ...(env && { env }),
    ...(defaults && { defaults }),
    ...(permissions && { permissions }),
    ...(concurrency && { concurrency }),
    ...(workflow.on.workflow_call && { call: workflow.on.workflow_call }),
    jobs,
  };
}
