import type { MatrixChoice } from '@slipway/workflow/plan';
import type { Mistake, TypedArguments } from '../command-line/command.ts';
import { meant } from '../command-line/suggestion.ts';
import { type AssignmentSource, readAssignments } from '../event/assignments.ts';
import { readMatrixChoices } from '../event/matrix-choices.ts';
import { type SecretSource, secretSources } from '../event/secret-sources.ts';
import { type RunnerTarget, readRunnerTargets } from '../machine/runner-labels.ts';

const executorKinds = ['auto', 'host', 'docker'] as const;

/**
 * `host`: no containers. `docker`: `services:` in containers always. `auto`: those that this machine's own servers can serve are theirs.
 * Jobs with `container:` run in it under both.
 */
export type ExecutorKind = (typeof executorKinds)[number];

/** What `slipway run` and `slipway plan` were asked for, checked as far as that is possible without the repository. */
export interface WorkflowRequest {
  event: string;
  /** Files and folders, as typed. */
  workflows: readonly string[];
  jobs: readonly string[];
  matrix: readonly MatrixChoice[];
  eventFile: string | null;
  inputs: Record<string, string>;
  secrets: Record<string, string>;
  /** Where each of them came from. */
  secretSources: SecretSource[];
  vars: Record<string, string>;
  env: Record<string, string>;
  ref: string | null;
  actor: string | null;
  repository: string | null;
  executor: ExecutorKind;
  runners: ReadonlyMap<string, RunnerTarget>;
  /** null: the number of processors. */
  maxParallel: number | null;
  failOnSkip: boolean;
  offline: boolean;
  json: boolean;
  follow: boolean;
}

export function readWorkflowRequest(
  typed: TypedArguments,
  environment: NodeJS.ProcessEnv,
): { request: WorkflowRequest; mistakes: Mistake[] } {
  const all = (name: string): readonly string[] => typed.values.get(name) ?? [];
  const one = (name: string): string | null => typed.values.get(name)?.[0] ?? null;
  const mistakes: Mistake[] = [];
  const checked = <T>(read: { value: T; mistake: Mistake | null }): T => {
    if (read.mistake !== null) mistakes.push(read.mistake);
    return read.value;
  };
  const assigned = (option: string, more: Partial<AssignmentSource> = {}): Record<string, string> => {
    const files = all(`${option}-file`);
    const read = readAssignments({
      typed: all(option),
      option,
      files,
      fileOption: `${option}-file`,
      ...more,
    });
    mistakes.push(...read.mistakes);
    return read.values;
  };
  const runners = readRunnerTargets(all('runner'));
  mistakes.push(...runners.mistakes, ...imagesWithoutContainers(runners.targets, one('executor')));
  const matrix = readMatrixChoices(all('matrix'));
  mistakes.push(...matrix.mistakes);
  const secrets = assigned('secret', { environment });
  const request: WorkflowRequest = {
    event: typed.arguments[0] ?? 'push',
    workflows: all('workflows'),
    jobs: all('job'),
    matrix: matrix.choices,
    eventFile: one('event-file'),
    inputs: assigned('input', { files: [] }),
    secrets,
    secretSources: secretSources(Object.keys(secrets), { typed: all('secret'), file: one('secret-file') }),
    vars: assigned('var'),
    env: assigned('env'),
    ref: checked(assessRef(one('ref'))),
    actor: one('actor'),
    repository: checked(assessRepository(one('repository'))),
    executor: checked(assessExecutor(one('executor') ?? 'auto')),
    runners: runners.targets,
    maxParallel: checked(assessMaxParallel(one('max-parallel'))),
    failOnSkip: typed.switches.has('fail-on-skip'),
    offline: typed.switches.has('offline'),
    json: typed.switches.has('json'),
    follow: !typed.switches.has('no-follow'),
  };
  return { request, mistakes };
}

interface Checked<T> {
  value: T;
  mistake: Mistake | null;
}

function assessRef(ref: string | null): Checked<string | null> {
  // The characters that git refuses in ref names.
  if (ref === null || !/[\s~^:?*[\\\x00-\x1f\x7f]|\.\.|\/$|^$/.test(ref))
    return { value: ref, mistake: null };
  const mistake = {
    message: `--ref '${ref}' is no name of a branch or tag`,
    mend: 'Write e.g. --ref main or --ref refs/tags/v1.',
  };
  return { value: null, mistake };
}

function assessRepository(repository: string | null): Checked<string | null> {
  if (repository === null || /^[\w.-]+\/[\w.-]+$/.test(repository))
    return { value: repository, mistake: null };
  const mistake = {
    message: `--repository '${repository}' is not OWNER/NAME`,
    mend: 'Write e.g. --repository octo/app.',
  };
  return { value: null, mistake };
}

/** An image can't stand for a label where containers are forbidden. */
function imagesWithoutContainers(
  targets: ReadonlyMap<string, RunnerTarget>,
  executor: string | null,
): Mistake[] {
  if (executor !== 'host') return [];
  return [...targets].flatMap(([label, target]) =>
    target.kind === 'host'
      ? []
      : [
          {
            message: `--runner ${label}=docker://${target.image} needs a container, which --executor host forbids`,
            mend: `Leave --executor out, or write --runner '${label}=host'.`,
          },
        ],
  );
}

function assessExecutor(executor: string): Checked<ExecutorKind> {
  const kind = executorKinds.find((known) => known === executor);
  if (kind !== undefined) return { value: kind, mistake: null };
  const mend = meant(executor, executorKinds) ?? 'Use auto, host or docker.';
  return { value: 'auto', mistake: { message: `--executor '${executor}' is unknown`, mend } };
}

function assessMaxParallel(typed: string | null): Checked<number | null> {
  if (typed === null) return { value: null, mistake: null };
  const value = Number(typed);
  if (Number.isInteger(value) && value >= 1) return { value, mistake: null };
  const mend = 'Write a whole number of at least 1.';
  return { value: null, mistake: { message: `--max-parallel '${typed}' is no number of jobs`, mend } };
}
