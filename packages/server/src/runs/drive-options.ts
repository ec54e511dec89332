import type { Conclusion, RunEvent } from '@slipway/contracts';
import type { EventPlan, RunPlan } from '@slipway/workflow/plan';
import type { NodeIndex, RunState } from '@slipway/workflow/run';
import type { EnvironmentGate } from './environment-gate.ts';
import type { GroupBoard } from './group-board.ts';
import type { RecalledJobs } from './recalled-jobs.ts';
import type { JobExecution, RunnerPort } from './runner-port.ts';

export interface DriveOptions {
  plan: EventPlan;
  runner: RunnerPort;
  /** The secrets of every run; `GITHUB_TOKEN` is also `github.token`. */
  secrets: Record<string, string>;
  /** Why no runner takes a job with these labels, one clause; undefined if one does. Default: all are served. */
  unserved?: (labels: string[], runnerGroup: string | undefined) => string | undefined;
  /** Lets jobs into environments; default: all may enter. */
  gate?: EnvironmentGate;
  /** Jobs that run at a time, over all runs. */
  maxParallel: number;
  /** Everything that happens, in order. */
  emit: (event: RunEvent) => void;
  /** Epoch milliseconds. */
  now: () => number;
  /** Aborted: every run is cancelled, as by `cancel`; a reason that is a text is shown. */
  signal?: AbortSignal;
  /** A run is concluded: its outputs are final, e.g. for the runs that `workflow_run` starts. */
  onRunFinished?: (run: RunPlan, result: RunResult) => void;
  /** After every transition, before anything is done about it: where it is written to survive a crash. */
  onStateChange?: (run: RunPlan, state: RunState, changed: NodeIndex[]) => void;
  /** A newer member of its concurrency group takes the place of a run: `by`, if it is known. */
  onSuperseded?: (run: RunPlan, why: { reason: string; by: string | undefined }) => void;
  /** States to go on from, by position in `plan.runs`; default: every run begins. */
  states?: RunState[];
  /** Takes over a job that was running when the states were written; without it such a job is lost, and failed. */
  adopt?: (run: RunPlan, jobKey: string) => JobExecution | undefined;
  /** Concurrency groups shared with other runs of the repository; default: these runs only have them. */
  board?: GroupBoard;
  /** Jobs of an earlier attempt whose results are kept. */
  recalled?: RecalledJobs;
}

/** The runs of one event, under way. */
export interface DrivenRuns {
  /** In the plan's order, when all are concluded and no job runs any more. */
  finished: Promise<RunResult[]>;
  /** Ends runs as GitHub does: `always()` jobs and steps still run. Default: all of them. */
  cancel(reason: string, runId?: string): void;
  /** Ends runs at once; nothing starts any more. Default: all of them. */
  kill(reason: string, runId?: string): void;
}

export interface RunResult {
  runId: string;
  /** Workflow file, repository-relative. */
  workflow: string;
  workflowName: string;
  /** `run-name`, evaluated. */
  name: string;
  conclusion: Conclusion;
  durationMs: number;
  /** In the order in which they became known. */
  jobs: JobResult[];
}

export interface JobResult {
  /** Id in the file; of a called workflow's job with its callers' ids in front: `deploy/test`. */
  id: string;
  jobKey: string;
  name: string;
  conclusion: Conclusion;
  /** 0 if it never started. */
  durationMs: number;
  reason?: string;
}
