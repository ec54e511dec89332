/**
 * What a runner reports of one job, in order. Wire types: the runner protocol sends them, the store keeps them,
 * terminal and dashboard show them. Log text is masked before it gets here.
 */
export type JobEvent =
  | JobStarted
  | StepStarted
  | StepLog
  | StepAnnotation
  | StepSummary
  | StepFinished
  | JobFinished;

export type Conclusion = 'success' | 'failure' | 'cancelled' | 'skipped';

export interface JobStarted {
  kind: 'job.started';
  /** Epoch milliseconds, as all `at` fields. */
  at: number;
  /** How the job is isolated and why, for people. */
  executor: string;
}

export interface StepStarted {
  kind: 'step.started';
  at: number;
  /** Unique within the job; ordered as shown: `0` set-up, then the steps, posts, tear-down. */
  step: number;
  /** The step's `id` in the file; absent for set-up, pre, post and tear-down. */
  id?: string;
  name: string;
  phase: 'setup' | 'pre' | 'main' | 'post' | 'teardown';
}

export interface StepLog {
  kind: 'step.log';
  step: number;
  /**
   * Whole lines, each ended by a newline. Bytes as printed, after masking; not necessarily UTF-8. Lent, not given: they hold until
   * the receiver returns, or until the promise that it returns resolves; who keeps them copies them.
   */
  bytes: Uint8Array;
}

export interface StepAnnotation {
  kind: 'step.annotation';
  step: number;
  level: 'error' | 'warning' | 'notice';
  message: string;
  title?: string;
  file?: string;
  line?: number;
  endLine?: number;
  column?: number;
  endColumn?: number;
}

export interface StepSummary {
  kind: 'step.summary';
  step: number;
  markdown: string;
}

export interface StepFinished {
  kind: 'step.finished';
  at: number;
  step: number;
  /** Before `continue-on-error`. */
  outcome: Conclusion;
  /** After `continue-on-error`. */
  conclusion: Conclusion;
  durationMs: number;
}

export interface JobFinished {
  kind: 'job.finished';
  at: number;
  /** The job's own result; `continue-on-error` of the job is applied by the run machine. */
  conclusion: Exclude<Conclusion, 'skipped'>;
  outputs: Record<string, string>;
  environmentUrl?: string;
  /** Why, when the job failed outside its steps: lost runner, invalid container, time-out, … */
  reason?: string;
}
