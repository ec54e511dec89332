import type { ActionStep, EvaluationScope, RunStep, StatusFunctions, Value } from '@slipway/workflow';
import type { JobEnvironment } from '../job/job-environment.ts';
import type { JobState, JobStatus } from '../job/job-state.ts';
import type { ScopeMemory, StepMemory } from './step-memory.ts';
import type { StepReport } from './step-report.ts';

export type Stage = 'pre' | 'main' | 'post';

/** A list of steps that see each other: the job's own, or those of one composite action. */
export interface Scope {
  readonly memory: ScopeMemory;
  readonly inputs: { [name: string]: Value };
  /** Root of the repository that holds the file of these steps: what `$/` refers to. */
  readonly ownRepository: string;
  /** Present inside a composite action. */
  readonly composite?: CompositeScope;
}

export interface CompositeScope {
  /** The step that uses the action. */
  readonly user: RunningStep;
  /** Folder of the action. */
  readonly actionPath: string;
  /** Of the action so far; what success() and failure() say in its main steps. */
  status: JobStatus;
}

/** Why a step is told to end before it is done. */
export type StopReason =
  /** The job is cancelled, and the step's `if` does not hold any more. */
  | 'cancelled'
  /** A `cancel` step named it. */
  | 'stopped'
  | 'timed-out';

/** One step, or one stage of an action's step, from its start to its end. */
export interface RunningStep {
  readonly job: JobState;
  readonly scope: Scope;
  /** Changes when the job is held and its file edited meanwhile. */
  source: RunStep | ActionStep;
  /** Position in its list of steps; of the main stage. */
  readonly place?: number;
  /** For people. */
  title: string;
  /** Key in the `steps` context; ids that begin with `__` are not in it. */
  readonly id: string;
  readonly stage: Stage;
  readonly report: StepReport;
  readonly environment: JobEnvironment;
  /** `env:` of this step and of the composite actions around it. */
  readonly stepEnv: Record<string, string>;
  /** The `github` context of this step. */
  readonly github: { [key: string]: Value };
  readonly memory: StepMemory;
  readonly outputs: { [name: string]: Value };
  stop: AbortController;
  /** Set while the step's process sees files in other places than the job's processes do. */
  paths?: { toHost(path: string): string };
  /** Workflow commands are shown when they are carried out. */
  echoesCommands: boolean;
  /** A command or environment file of the step was faulty. */
  commandFailed: boolean;
  /** The job was held at a step inside this one that failed. */
  failureWasShown: boolean;
}

/** A path that the step's process names, on the host. */
export function toHostPath(step: RunningStep, path: string): string {
  return step.paths === undefined ? step.job.executor.toHostPath(path) : step.paths.toHost(path);
}

/** The `env` context at this moment. */
export function envOf(step: RunningStep): Record<string, string> {
  return { ...step.environment.variables, ...step.stepEnv };
}

/** What an expression of the step may name. */
export function scopeOf(step: RunningStep): EvaluationScope {
  return {
    contexts: contextsOf(step, envOf(step)),
    status: statusOf(step),
    hashFiles: step.job.hashing.hashFiles,
  };
}

function contextsOf(step: RunningStep, env: Record<string, string>): { [name: string]: Value } {
  const { contexts } = step.job;
  const everywhere = {
    github: step.github,
    env,
    job: { ...contexts.job, status: step.job.status },
    runner: contexts.runner,
    strategy: contexts.strategy,
    matrix: contexts.matrix,
    steps: step.scope.memory.steps,
    inputs: step.scope.inputs,
  };
  if (step.scope.composite !== undefined) return everywhere;
  return { ...everywhere, needs: contexts.needs, secrets: contexts.secrets, vars: contexts.vars };
}

/** @see https://github.com/actions/runner/blob/main/src/Runner.Worker/Expressions/SuccessFunction.cs */
function statusOf(step: RunningStep): StatusFunctions {
  const { composite } = step.scope;
  const status = composite !== undefined && step.stage === 'main' ? composite.status : step.job.status;
  return {
    success: status === 'success',
    failure: status === 'failure',
    cancelled: step.job.status === 'cancelled',
  };
}
