import type { Conclusion, JobEvent } from './job-event.ts';

/**
 * What happens to runs, in order, for everyone who watches: terminal, `--json`, event stream, store.
 * A run is one workflow file started by one event; one event may start several runs.
 */
export type RunEvent =
  | RunQueued
  | RunStarted
  | JobPlanned
  | JobWaiting
  | JobProgress
  | JobConcluded
  | RunFinished;

interface OfRun {
  runId: string;
  at: number;
}

/** The event started this run; sent for all runs of an event before the first job starts. */
export interface RunQueued extends OfRun {
  kind: 'run.queued';
  /** Workflow file, repository-relative. */
  workflow: string;
  /** The workflow's name, or its path. */
  workflowName: string;
  /** `run-name`, evaluated; else GitHub's default. */
  name: string;
  event: string;
  runNumber: number;
}

export interface RunStarted extends OfRun {
  kind: 'run.started';
}

/** A job leg is known: sent once for each leg when its matrix is expanded. */
export interface JobPlanned extends OfRun {
  kind: 'job.planned';
  jobKey: string;
  /** Id in the file; for jobs of a called workflow `caller/inner`. */
  id: string;
  name: string;
  needs: string[];
}

/** Why a leg is not running yet; sent when the reason changes. */
export interface JobWaiting extends OfRun {
  kind: 'job.waiting';
  jobKey: string;
  reason: string;
}

/** The runner reported something of a leg. */
export interface JobProgress extends OfRun {
  kind: 'job.progress';
  jobKey: string;
  event: JobEvent;
}

/** A leg's final conclusion, after its `continue-on-error`; also for legs that never started. */
export interface JobConcluded extends OfRun {
  kind: 'job.concluded';
  jobKey: string;
  conclusion: Conclusion;
  durationMs: number;
  /** Why, when that does not follow from the steps: `if` was false, a need failed, no runner has the label, … */
  reason?: string;
}

export interface RunFinished extends OfRun {
  kind: 'run.finished';
  conclusion: Conclusion;
  durationMs: number;
}
