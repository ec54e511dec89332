import type { Position } from './diagnostic.ts';
import type { ExpressionTemplate, MappingTemplate, Template } from './template.ts';

/**
 * A workflow file as typed data: validated, expressions not evaluated yet. Plain JSON (cached by content).
 * Optional keys are absent when the file does not have them.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
 */
export interface Workflow {
  /** Repository-relative path, e.g. `.github/workflows/ci.yml`, or the full ref of a remote reusable workflow. */
  path: string;
  name?: string;
  runName?: Template;
  on: Triggers;
  permissions?: Permissions;
  cacheMode?: CacheMode;
  env?: Template;
  defaults?: RunDefaults;
  concurrency?: ConcurrencyTemplate;
  jobs: Job[];
  /** What the file counts against GitHub's limit on a workflow with all that it calls; absent in one made by hand. */
  sizeBytes?: number;
}

/** Keyed by event name (`push`, `pull_request`, …); an event without configuration is `{}`. */
export type Triggers = Record<string, Trigger>;

export interface Trigger {
  at: Position;
  types?: string[];
  branches?: string[];
  branchesIgnore?: string[];
  tags?: string[];
  tagsIgnore?: string[];
  paths?: string[];
  pathsIgnore?: string[];
  /** `workflow_run` only: names of the workflows that are followed. */
  workflows?: string[];
  /** `image_version` only. */
  names?: string[];
  /** `image_version` only. */
  versions?: string[];
  /** `schedule` only. */
  schedules?: Schedule[];
  /** `workflow_dispatch` and `workflow_call`. */
  inputs?: Record<string, InputDefinition>;
  /** `workflow_call` only. */
  secrets?: Record<string, SecretDefinition>;
  /** `workflow_call` only. */
  outputs?: Record<string, { description?: string; value: Template }>;
}

export interface Schedule {
  cron: string;
  /** IANA zone; default UTC. */
  timezone?: string;
  at: Position;
}

export interface InputDefinition {
  type: 'string' | 'boolean' | 'number' | 'choice' | 'environment';
  description?: string;
  required: boolean;
  /** A `workflow_call` default may hold an expression. */
  default?: Template;
  options?: string[];
  at: Position;
}

export interface SecretDefinition {
  description?: string;
  required: boolean;
}

export type PermissionLevel = 'none' | 'read' | 'write';
/** Scope (`contents`, `id-token`, …) to level. `read-all` and `write-all` are expanded by the reader. */
export type Permissions = Record<string, PermissionLevel>;

/** What a job may do with caches: `read` restores only, `write` restores and saves. Default: by the event's trust. */
export type CacheMode = 'none' | 'read' | 'write' | 'write-only';

export interface RunDefaults {
  shell?: Template;
  workingDirectory?: Template;
}

export interface ConcurrencyTemplate {
  group: Template;
  /** Boolean or expression; default false. */
  cancelInProgress?: Template;
  /** `single` (default): one pending run at most, `max`: pending runs queue up. */
  queue?: 'single' | 'max';
}

export type Job = NormalJob | ReusableJob;

interface JobBase {
  id: string;
  at: Position;
  name?: Template;
  /** Job ids of this workflow; ids that are not in it may name jobs of another workflow of the same event. */
  needs: string[];
  /** Where each of `needs` stands. */
  needsAt?: Position[];
  /** Always present: the implicit `success()` has been added where GitHub adds it. */
  if: ExpressionTemplate;
  strategy?: StrategyTemplate;
  concurrency?: ConcurrencyTemplate;
  permissions?: Permissions;
  /** Overrides the workflow's; a called workflow never gets more than its caller has. */
  cacheMode?: CacheMode;
}

export interface NormalJob extends JobBase {
  kind: 'job';
  /** String, sequence of strings, or mapping with `group` and `labels`. */
  runsOn: Template;
  /** String or mapping with `name`, `url`, `deployment`. */
  environment?: Template;
  env?: Template;
  defaults?: RunDefaults;
  timeoutMinutes?: Template;
  cancelTimeoutMinutes?: Template;
  continueOnError?: Template;
  /** String (image) or mapping. */
  container?: Template;
  services?: Template;
  outputs?: MappingTemplate;
  snapshot?: Template;
  steps: Step[];
}

export interface ReusableJob extends JobBase {
  kind: 'reusable';
  /** `./path` or `owner/repo/path@ref`. */
  uses: string;
  usesAt: Position;
  with?: MappingTemplate;
  secrets?: MappingTemplate | 'inherit';
}

export interface StrategyTemplate {
  /** Mapping, or an expression that yields one. */
  matrix?: Template;
  failFast?: Template;
  maxParallel?: Template;
}

export type Step = RunStep | ActionStep | WaitStep | WaitAllStep | CancelStep;

interface StepBase {
  /** The author's id, or a generated one that starts with `__`, as GitHub does. */
  id: string;
  at: Position;
  name?: Template;
  /** Always present, with the implicit `success()`. */
  if: ExpressionTemplate;
  continueOnError?: Template;
}

interface ExecutedStep extends StepBase {
  env?: Template;
  timeoutMinutes?: Template;
  /** Runs beside the following steps until a `wait` or the end of the job; default false. */
  background?: boolean;
}

export interface RunStep extends ExecutedStep {
  kind: 'run';
  run: Template;
  shell?: Template;
  workingDirectory?: Template;
}

export interface ActionStep extends ExecutedStep {
  kind: 'action';
  /** `owner/repo[/path]@ref`, `./path`, `$/path` or `docker://image`. */
  uses: string;
  usesAt: Position;
  with?: MappingTemplate;
}

export interface WaitStep extends StepBase {
  kind: 'wait';
  /** Ids of background steps. */
  wait: string[];
  /** Where each of `wait` stands; absent for the wait at the end of a `parallel` group. */
  waitAt?: Position[];
}

export interface WaitAllStep extends StepBase {
  kind: 'wait-all';
}

export interface CancelStep extends StepBase {
  kind: 'cancel';
  /** Id of a background step. */
  cancel: string;
  cancelAt?: Position;
}
