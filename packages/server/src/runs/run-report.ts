import type { Conclusion, RunEvent } from '@slipway/contracts';
import type { RunPlan } from '@slipway/workflow/plan';
import {
  idOfJob,
  type JobNode,
  jobAt,
  type LegNode,
  type NodeIndex,
  nameOfJob,
  plannedJob,
  type RunState,
} from '@slipway/workflow/run';
import type { JobResult, RunResult } from './drive-options.ts';

/** What people are told of one run, and what its summary will say. */
export interface RunReport {
  run: RunPlan;
  emit: (event: RunEvent) => void;
  now: () => number;
  /** By job key, in the order in which they became known. */
  jobs: Map<string, JobResult & { startedAt?: number }>;
  startedAt?: number;
}

export function createRunReport(options: Pick<RunReport, 'run' | 'emit' | 'now'>): RunReport {
  return { ...options, jobs: new Map() };
}

/** The run exists; nothing of it has begun. */
export function reportQueued({ run, emit, now }: RunReport): void {
  const { runId, workflowPath: workflow, workflowName, name, event, runNumber } = run;
  emit({ kind: 'run.queued', runId, at: now(), workflow, workflowName, name, event, runNumber });
}

/** What a transition means to people. `before` is null for a state that no transition made. */
export function reportChanges(
  report: RunReport,
  before: RunState | null,
  after: RunState,
  changed: Iterable<NodeIndex>,
): void {
  for (const index of changed) {
    const node = after.nodes[index];
    const old = before?.nodes[index];
    if (node?.kind === 'leg')
      reportLeg(report, { before: old?.kind === 'leg' ? old : undefined, leg: node, after });
    if (node?.kind === 'job')
      reportJob(report, { before: old?.kind === 'job' ? old : undefined, index, after });
    if (index === 0 && node?.kind === 'scope' && node.state.kind !== 'pending') reportStarted(report);
  }
}

/** The same for a run that people were told of before it was interrupted: only the summary takes it in. */
export function resumeReport(report: RunReport, state: RunState): void {
  const { emit } = report;
  report.emit = () => {};
  reportChanges(report, null, state, state.nodes.keys());
  report.emit = emit;
}

export function reportWaitingJob(
  { run: { runId }, emit, now }: RunReport,
  jobKey: string,
  reason: string,
): void {
  emit({ kind: 'job.waiting', runId, at: now(), jobKey, reason });
}

/** A runner takes the job: its duration counts from here. */
export function reportJobStarted({ jobs, now }: RunReport, jobKey: string): void {
  const job = jobs.get(jobKey);
  if (job) job.startedAt = now();
}

export function reportFinished(report: RunReport, conclusion: Conclusion): RunResult {
  const { run, emit, now, jobs } = report;
  const { runId, workflowPath: workflow, workflowName, name } = run;
  const at = now();
  const durationMs = at - (report.startedAt ?? at);
  emit({ kind: 'run.finished', runId, at, conclusion, durationMs });
  const results = [...jobs.values()].map(({ startedAt, ...job }): JobResult => job);
  return { runId, workflow, workflowName, name, conclusion, durationMs, jobs: results };
}

function reportStarted(report: RunReport): void {
  if (report.startedAt !== undefined) return;
  report.startedAt = report.now();
  report.emit({ kind: 'run.started', runId: report.run.runId, at: report.startedAt });
}

/** A call is told of only if it concludes without its jobs: they are what people see of it. */
function reportLeg(
  report: RunReport,
  { before, leg, after }: { before: LegNode | undefined; leg: LegNode; after: RunState },
): void {
  const isCall = leg.plan.work.kind === 'call';
  if (before === undefined && !isCall) {
    plan(report, { state: after, job: leg.job, key: leg.key, name: leg.plan.name });
    if (leg.state.kind === 'queued') reportWaitingJob(report, leg.key, 'max-parallel legs of this job run');
  }
  if (leg.state.kind !== 'concluded' || before?.state.kind === 'concluded') return;
  const { conclusion, outcome, reason } = leg.state;
  if (isCall && reason === undefined) return;
  if (isCall) plan(report, { state: after, job: leg.job, key: leg.key, name: leg.plan.name });
  const tolerated = outcome === conclusion ? undefined : 'it failed, which continue-on-error allows';
  conclude(report, { key: leg.key, conclusion, reason: reason ?? tolerated });
}

/** A job is told of only if it concludes without legs. */
function reportJob(
  report: RunReport,
  { before, index, after }: { before: JobNode | undefined; index: NodeIndex; after: RunState },
): void {
  const { key, state } = jobAt(after, index);
  const was = before?.state.kind;
  if (state.kind !== 'concluded' || state.reason === undefined || was === 'concluded') return;
  plan(report, { state: after, job: index, key, name: nameOfJob(report.run, after, index) });
  conclude(report, { key, conclusion: state.fact.conclusion, reason: state.reason });
}

function plan(
  { run, emit, now, jobs }: RunReport,
  { state, job, key, name }: { state: RunState; job: NodeIndex; key: string; name: string },
): void {
  if (jobs.has(key)) return;
  const id = idOfJob(run, state, job);
  jobs.set(key, { id, jobKey: key, name, conclusion: 'skipped', durationMs: 0 });
  const { needs } = plannedJob(run, state, job).job;
  emit({ kind: 'job.planned', runId: run.runId, at: now(), jobKey: key, id, name, needs });
}

function conclude(
  { run, emit, now, jobs }: RunReport,
  { key, conclusion, reason }: { key: string; conclusion: Conclusion; reason: string | undefined },
): void {
  const job = jobs.get(key);
  if (!job) return;
  const at = now();
  const durationMs = job.startedAt === undefined ? 0 : at - job.startedAt;
  const why = reason === undefined ? {} : { reason };
  Object.assign(job, { conclusion, durationMs, ...why });
  emit({ kind: 'job.concluded', runId: run.runId, at, jobKey: key, conclusion, durationMs, ...why });
}
