import type { Diagnostic } from '../model/diagnostic.ts';
import type { ReusableJob, Workflow } from '../model/workflow.ts';
import {
  callLoop,
  type LoadWorkflow,
  maxCallDepth,
  notCallable,
  tooDeep,
  unknownWorkflow,
} from './called-workflow.ts';
import { type Need, resolveNeeds } from './resolve-needs.ts';
import type { ForeignNeed, JobGraph, PlannedJob } from './run-plan.ts';

/** The graphs of one run while they are put together. */
export interface GraphDraft {
  graphs: JobGraph[];
  /** By path: the called workflows that are laid out. */
  called: Map<string, LaidOut>;
  foreign: ForeignNeed[];
  diagnostics: Diagnostic[];
}

interface LaidOut {
  /** Position in `graphs`. */
  graph: number;
  /** Levels of calls below it. */
  height: number;
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
  const draft: GraphDraft = { graphs: [], called: new Map(), foreign: [], diagnostics: [] };
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
  layOutCalls(draft, { caller: own.workflow, graph, trail: [own.workflow.path], load });
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
  /** The files that call each other down to here, the caller last. */
  trail: string[];
  load: LoadWorkflow;
}

/** Lays out each called workflow once, however often it is called; returns how many levels of calls lie below. */
function layOutCalls(draft: GraphDraft, site: CallSite): number {
  let height = 0;
  for (const planned of site.graph.jobs) {
    if (planned.job.kind !== 'reusable') continue;
    const called = findCalled(draft, planned.job, site);
    if (called === undefined) continue;
    const known = draft.called.get(called.path);
    const laidOut = known ?? layOutCalled(draft, called, site);
    planned.callee = laidOut.graph;
    height = Math.max(height, 1 + laidOut.height);
    // What lies below a workflow that is laid out only now has reported itself.
    const levels = site.trail.length + (known?.height ?? 0);
    if (levels > maxCallDepth) draft.diagnostics.push(tooDeep(site.caller, planned.job));
  }
  return height;
}

function layOutCalled(draft: GraphDraft, called: Workflow, { trail, load }: CallSite): LaidOut {
  const { needs, diagnostics } = resolveNeeds([called]);
  draft.diagnostics.push(...diagnostics);
  const graph = graphOf(
    called,
    called.jobs.map((job, position) => ({
      job,
      needs: ownNeeds(needs[0]?.[position]),
      foreign: [],
      dependents: [],
    })),
  );
  const index = draft.graphs.push(graph) - 1;
  const height = layOutCalls(draft, { caller: called, graph, trail: [...trail, called.path], load });
  const laidOut = { graph: index, height };
  draft.called.set(called.path, laidOut);
  return laidOut;
}

function findCalled(
  draft: GraphDraft,
  job: ReusableJob,
  { caller, trail, load }: CallSite,
): Workflow | undefined {
  const called = load(job.uses, caller);
  if (called === undefined) draft.diagnostics.push(unknownWorkflow(caller, job));
  else if (called.on.workflow_call === undefined) draft.diagnostics.push(notCallable(caller, job));
  else if (trail.includes(called.path)) draft.diagnostics.push(callLoop(caller, job, trail));
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
  const { path, env, defaults, permissions, cacheMode, concurrency } = workflow;
  return {
    path,
    ...(env && { env }),
    ...(defaults && { defaults }),
    ...(permissions && { permissions }),
    ...(cacheMode && { cacheMode }),
    ...(concurrency && { concurrency }),
    ...(workflow.on.workflow_call && { call: workflow.on.workflow_call }),
    jobs,
  };
}
