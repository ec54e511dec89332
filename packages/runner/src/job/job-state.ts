import type { JobRequest, Step, Value } from '@slipway/workflow';
import type { MatcherRegistry } from '../commands/matcher-registry.ts';
import type { Pauses } from '../debug/pauses.ts';
import type { ContainerSession } from '../docker/container-session.ts';
import type { ResumePoint } from '../kept/resume-job.ts';
import type { StepPoint } from '../kept/step-points.ts';
import type { Masker } from '../output/masker.ts';
import type { EmitJobEvent } from '../output/step-log.ts';
import type { OutputPipes } from '../processes/output-pipes.ts';
import type { ProcessMark } from '../processes/process-mark.ts';
import type { Executor } from '../steps/executor.ts';
import type { Workspace } from '../workspace/create-workspace.ts';
import type { FileHashing } from './file-hashing.ts';
import type { JobEnvironment } from './job-environment.ts';
import type { RunnerOptions } from './runner-options.ts';

export type JobStatus = 'success' | 'failure' | 'cancelled';

/** One job while it runs: what all its steps share. */
export interface JobState {
  readonly request: JobRequest;
  readonly options: RunnerOptions;
  readonly folders: Workspace;
  /** Names its folder among the run's. */
  readonly number: number;
  readonly trackingId: string;
  readonly pipes: OutputPipes;
  /** When the job began, for the search of what it leaves behind. */
  readonly began: ProcessMark;
  /** Where the steps run; the job's container takes the host's place when it has started. */
  executor: Executor;
  /** Absent where containers are not allowed. */
  readonly containers: ContainerSession | undefined;
  readonly masker: Masker;
  readonly matchers: MatcherRegistry;
  readonly emit: EmitJobEvent;
  readonly contexts: JobContexts;
  readonly environment: JobEnvironment;
  /** Of `run:` steps of the job itself, evaluated. */
  readonly defaults: { shell?: string; workingDirectory?: string };
  /** ACTIONS_STEP_DEBUG is set: debug messages are shown. */
  readonly debug: boolean;
  /** The job was cancelled or timed out: steps whose `if` does not hold any more are stopped. */
  readonly cancelled: AbortSignal;
  /** Everything ends at once. */
  readonly killed: AbortSignal;
  /** Worst of the steps so far; what success() and failure() of the job's own steps say. */
  status: JobStatus;
  /** Numbers the steps in the order they are shown. */
  takeStepNumber(): number;
  readonly hashing: FileHashing;
  /** As they are run: what is still to come changes when the job is held and its file edited. */
  readonly steps: Step[];
  readonly pauses: Pauses;
  /** Where it stood before each of its steps, if the runner keeps jobs. */
  readonly points: StepPoint[];
  /** Variables after set-up. */
  initialVariables: Readonly<Record<string, string>>;
  /** It goes on from a step instead of beginning. */
  readonly resume: ResumePoint | undefined;
  /** Where the own repository was checked out, and when (epoch milliseconds). */
  readonly checkouts: { directory: string; at: number }[];
}

/** Contexts that all steps share; a step adds to `github` and has `env`, `steps` and `inputs` of its own. */
export interface JobContexts {
  github: { [key: string]: Value };
  inputs: { [key: string]: Value };
  job: { [key: string]: Value };
  matrix: Value;
  needs: { [key: string]: Value };
  runner: { [key: string]: Value };
  secrets: { [key: string]: Value };
  strategy: { [key: string]: Value };
  vars: { [key: string]: Value };
}

/** A worse status replaces a better one; cancelled stays. */
export function worsen(job: { status: JobStatus }, status: JobStatus): void {
  if (job.status === 'cancelled') return;
  if (status !== 'success') job.status = status;
}
