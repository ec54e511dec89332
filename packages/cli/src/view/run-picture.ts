import type { Conclusion, JobEvent, RunEvent, StepAnnotation, StepStarted } from '@slipway/contracts';
import { LogTail } from './log-tail.ts';

/** What the events so far say about every run, for whoever shows it. Nothing here grows with the size of the logs. */
export interface RunPicture {
  runs: Map<string, PicturedRun>;
}

export interface PicturedRun {
  runId: string;
  workflow: string;
  workflowName: string;
  name: string;
  runNumber: number;
  jobs: Map<string, PicturedJob>;
  result: { conclusion: Conclusion; durationMs: number } | null;
}

export interface PicturedJob {
  jobKey: string;
  id: string;
  name: string;
  state:
    | { kind: 'waiting'; reason: string | null }
    | { kind: 'running'; startedAt: number; executor: string }
    | { kind: 'concluded'; conclusion: Conclusion; durationMs: number; reason: string | null };
  /** In the order they were started. */
  steps: PicturedStep[];
  annotations: StepAnnotation[];
}

export interface PicturedStep {
  step: number;
  name: string;
  phase: StepStarted['phase'];
  state:
    | { kind: 'running'; startedAt: number }
    | { kind: 'finished'; outcome: Conclusion; conclusion: Conclusion; durationMs: number };
  /** The end of its log; let go when the step succeeds. */
  tail: LogTail | null;
}

export function emptyPicture(): RunPicture {
  return { runs: new Map() };
}

/** Brings the picture up to date; events of unknown runs or jobs are ignored. */
export function addToPicture(picture: RunPicture, event: RunEvent): void {
  if (event.kind === 'run.queued') {
    const { runId, workflow, workflowName, name, runNumber } = event;
    picture.runs.set(runId, {
      runId,
      workflow,
      workflowName,
      name,
      runNumber,
      jobs: new Map(),
      result: null,
    });
    return;
  }
  const run = picture.runs.get(event.runId);
  if (run === undefined) return;
  switch (event.kind) {
    case 'run.started':
      return;
    case 'run.finished':
      run.result = { conclusion: event.conclusion, durationMs: event.durationMs };
      return;
    case 'job.planned': {
      const { jobKey, id, name } = event;
      const state = { kind: 'waiting', reason: null } as const;
      run.jobs.set(jobKey, { jobKey, id, name, state, steps: [], annotations: [] });
      return;
    }
    case 'job.waiting':
    case 'job.progress':
    case 'job.concluded': {
      const job = run.jobs.get(event.jobKey);
      if (job !== undefined) addToJob(job, event);
      return;
    }
    default:
      event satisfies never;
  }
}

function addToJob(
  job: PicturedJob,
  event: Extract<RunEvent, { kind: 'job.waiting' | 'job.progress' | 'job.concluded' }>,
): void {
  switch (event.kind) {
    case 'job.waiting':
      job.state = { kind: 'waiting', reason: event.reason };
      return;
    case 'job.progress':
      addProgress(job, event.event);
      return;
    case 'job.concluded': {
      const { conclusion, durationMs, reason } = event;
      job.state = { kind: 'concluded', conclusion, durationMs, reason: reason ?? null };
      return;
    }
    default:
      event satisfies never;
  }
}

function addProgress(job: PicturedJob, event: JobEvent): void {
  switch (event.kind) {
    case 'job.started':
      job.state = { kind: 'running', startedAt: event.at, executor: event.executor };
      return;
    case 'step.started': {
      const { step, name, phase, at } = event;
      job.steps.push({ step, name, phase, state: { kind: 'running', startedAt: at }, tail: new LogTail() });
      return;
    }
    case 'step.log':
      stepOf(job, event.step)?.tail?.append(event.bytes);
      return;
    case 'step.annotation':
      job.annotations.push(event);
      return;
    case 'step.finished': {
      const step = stepOf(job, event.step);
      if (step === undefined) return;
      const { outcome, conclusion, durationMs } = event;
      step.state = { kind: 'finished', outcome, conclusion, durationMs };
      if (conclusion !== 'failure') step.tail = null;
      return;
    }
    case 'step.summary':
    case 'job.finished':
      return;
    default:
      event satisfies never;
  }
}

/** Backwards: what is reported is nearly always of the latest step. */
function stepOf(job: PicturedJob, step: number): PicturedStep | undefined {
  return job.steps.findLast((one) => one.step === step);
}
