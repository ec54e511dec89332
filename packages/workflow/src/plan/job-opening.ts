import type { Value } from '../expressions/value.ts';
import type { GroupRequest } from './run-plan.ts';

/** What a job turns out to be once everything it needs is concluded. */
export type JobOpening = SkippedOpening | InvalidOpening | LegsOpening;

export interface SkippedOpening {
  kind: 'skipped';
  reason: string;
}

/** An expression of the job failed, or its matrix is invalid: the job fails without starting. */
export interface InvalidOpening {
  kind: 'invalid';
  reason: string;
}

export interface LegsOpening {
  kind: 'legs';
  /** In the order in which GitHub expands the matrix; exactly one for a job without a matrix. */
  legs: LegPlan[];
  failFast: boolean;
  /** Legs that may run at a time; null: all. */
  maxParallel: number | null;
  /** Whether the job's `if` also holds in a cancelled run (`always()`): then a cancellation leaves it alone. */
  survivesCancel: boolean;
}

/** One leg of a job's matrix, or the whole job if it has none. */
export interface LegPlan {
  /** As GitHub shows it, with the callers' names in front: `deploy / test (a, b)`. */
  name: string;
  /** The `matrix` context; null without a matrix. */
  matrix: { [key: string]: Value } | null;
  continueOnError: boolean;
  /** Among all legs of the matrix, where some of them take no part; absent: all do. */
  place?: { position: number; total: number };
  /** All must be held before the leg starts. */
  groups: GroupRequest[];
  work: LegWork;
}

export type LegWork = JobWork | CallWork | InvalidWork;

export interface JobWork {
  kind: 'job';
  labels: string[];
  /** `runs-on.group`. */
  runnerGroup?: string;
  /** null: GitHub's default, 360. */
  timeoutMinutes: number | null;
  /** Name of the environment. */
  environment?: string;
  /** Entering the environment is no deployment: `environment.deployment` is false. */
  deployment?: false;
}

export interface CallWork {
  kind: 'call';
  /** Position of the called workflow's graph in the run's `graphs`. */
  callee: number;
  /** The `inputs` context of the called workflow. */
  inputs: Record<string, Value>;
}

/** An expression that only this leg's values make fail: the leg fails without starting. */
export interface InvalidWork {
  kind: 'invalid';
  reason: string;
}
