import type { ActionStep, RunStep, Step, Value } from '@slipway/workflow';

/**
 * Whoever may hold a job between its steps: a prompt, a debugger. Asked before each step whose `if` holds, and after each step that has
 * failed, those inside composite actions included; pre and post stages are not asked about.
 */
export interface StepGate {
  /** Whether the job is to be held here. Called for every step, so it must be cheap. */
  stops(step: PausedStep): boolean;
  /**
   * Resolves to what is to be done. Workspace, services and environment stay meanwhile, and time limits stand still. When
   * `step.signal` is aborted the job goes on without waiting for it.
   */
  pause(step: PausedStep): Promise<PauseDecision>;
}

export type PauseDecision =
  /** The step runs: for the first time, or again. */
  | { kind: 'run'; edited?: EditedStep }
  /** It counts as failed; its own `continue-on-error` applies. */
  | { kind: 'fail' }
  /** It counts as succeeded, whatever it did. */
  | { kind: 'succeed' };

/** The text of a step of the job itself, as its file has it now. */
export interface EditedStep {
  step: RunStep | ActionStep;
  /** The steps after it. */
  following: Step[];
}

/** A step at which a job is held. Everything that comes out of it is masked. */
export interface PausedStep {
  readonly runId: string;
  readonly jobKey: string;
  /** Id of the job in its file. */
  readonly jobId: string;
  readonly jobName: string;
  readonly workflowPath: string;
  readonly reason: 'before' | 'failure';
  /** The step itself first, then those that use the composite actions around it; the last is the job's own. */
  readonly frames: readonly StepFrame[];
  /** The job is cancelled. */
  readonly signal: AbortSignal;
  /** What expressions of the step may name; of an outer step by its position in `frames`. */
  contexts(frame?: number): { [name: string]: Value };
  /** @throws ExpressionError */
  evaluate(expression: string, frame?: number): Promise<Value>;
  /** A shell where and as the step would run. What is written to GITHUB_ENV and the like counts when it is closed. */
  openShell(): StepShell;
  /**
   * Copies what was edited in the repository since it was checked out, or since the last time, into the workspace.
   * @returns the paths, relative to the repository; null if the job has not checked it out
   */
  refreshSources(): Promise<string[] | null>;
}

export interface StepFrame {
  /** For people. */
  title: string;
  /** undefined: generated. */
  id?: string;
  /** Position in its list of steps, from 1. */
  place: number;
  source: RunStep | ActionStep;
  /** Absolute path of the file that it is written in; undefined if that is not on this machine. */
  file?: string;
}

export interface StepShell {
  /** Of a process of this machine that wants the terminal. */
  file: string;
  args: string[];
  directory: string;
  env: Record<string, string>;
  /** When its process has ended. */
  close(): void;
}
