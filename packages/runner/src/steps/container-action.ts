import { basename, join } from 'node:path';
import type { DockerActionRuns, Template } from '@slipway/workflow';
import { evaluateString, evaluateTemplate } from '@slipway/workflow/expressions';
import type { ResolvedAction } from '../actions/action-store.ts';
import { createWorkflowCommands } from '../commands/workflow-commands.ts';
import { actionPaths } from '../docker/action-container.ts';
import type { ActionImage, SessionAction } from '../docker/container-session.ts';
import { actionsRuntime } from '../job/actions-runtime.ts';
import { splitCommandLine } from '../processes/command-line.ts';
import { inputVariables, stateVariables } from './node-action.ts';
import { texts } from './perform-step.ts';
import { processEnvironment } from './process-environment.ts';
import { envOf, type RunningStep, scopeOf } from './running-step.ts';
import { StepError } from './step-error.ts';
import { outputOf } from './step-process.ts';

export interface ContainerActionUse {
  resolved: ResolvedAction;
  runs: DockerActionRuns;
  inputs: Record<string, string>;
}

/**
 * Runs a stage of a container action. Resolves to whether it succeeded.
 * @throws StepError, DockerError or ContainerEngineError
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/Handlers/ContainerActionHandler.cs
 */
export async function runContainerAction(step: RunningStep, use: ContainerActionUse): Promise<boolean> {
  const { runs, inputs, resolved } = use;
  const scope = { ...scopeOf(step), contexts: { ...scopeOf(step).contexts, inputs } };
  const own = runs.env === undefined ? {} : texts(evaluateTemplate(runs.env, scope));
  const entrypoint = entrypointOf(runs, step);
  const args = runs.args.map((argument: Template) => evaluateString(argument, scope));
  return await run(step, {
    image: imageOf(runs, resolved.directory),
    ...(entrypoint && { entrypoint }),
    // An action without arguments takes those of `with:`, as the first container actions did.
    args: args.length > 0 ? args : splitCommandLine(inputOf(inputs, 'args')),
    env: { ...own, ...(await environmentOf(step, inputs)) },
  });
}

/** Runs a `docker://image` step: `with:` may hold `entrypoint` and `args`. Resolves to whether it succeeded. */
export async function runImage(
  step: RunningStep,
  uses: string,
  inputs: Record<string, string>,
): Promise<boolean> {
  const entrypoint = inputOf(inputs, 'entrypoint');
  return await run(step, {
    image: { kind: 'image', image: uses.slice('docker://'.length) },
    ...(entrypoint && { entrypoint }),
    args: splitCommandLine(inputOf(inputs, 'args')),
    env: await environmentOf(step, inputs),
  });
}

async function run(
  step: RunningStep,
  action: Pick<SessionAction, 'image' | 'entrypoint' | 'args' | 'env'>,
): Promise<boolean> {
  const { containers, executor, folders, killed } = step.job;
  if (containers === undefined) {
    throw new StepError(
      'The step runs in a container of its own, and this runner executes jobs on the host only',
      "Allow containers with '--executor auto', or use another action.",
    );
  }
  step.paths = actionPaths(folders);
  const commands = createWorkflowCommands(step);
  const { exitCode } = await containers.runAction({
    ...action,
    env: Object.fromEntries(
      Object.entries(action.env).map(([name, value]) => [name, executor.toHostPath(value)]),
    ),
    stdout: outputOf(step, commands),
    stderr: outputOf(step, commands),
    cancel: step.stop.signal,
    kill: killed,
    log: (line) => step.report.log.line(line),
  });
  return exitCode === 0;
}

function imageOf({ image }: DockerActionRuns, directory: string): ActionImage {
  if (/^docker:\/\//i.test(image)) return { kind: 'image', image: image.slice('docker://'.length) };
  const path = join(directory, image);
  if (/(^Dockerfile\.|Dockerfile$)/i.test(basename(image))) return { kind: 'dockerfile', path };
  throw new StepError(
    `The action's image '${image}' is neither a Dockerfile nor a docker:// image`,
    "Write 'Dockerfile' or 'docker://image' under runs.image of its action.yml.",
  );
}

function entrypointOf(runs: DockerActionRuns, { stage }: RunningStep): string | undefined {
  switch (stage) {
    case 'pre':
      return runs.preEntrypoint;
    case 'main':
      return runs.entrypoint;
    case 'post':
      return runs.postEntrypoint;
  }
}

function inputOf(inputs: Record<string, string>, name: string): string {
  return Object.entries(inputs).find(([key]) => key.toLowerCase() === name)?.[1] ?? '';
}

/** The step's environment without what is the machine's own: an image has its own PATH, HOME and language. */
async function environmentOf(
  step: RunningStep,
  inputs: Record<string, string>,
): Promise<Record<string, string>> {
  const env = processEnvironment(step, {
    ...inputVariables(inputs),
    ...stateVariables(step),
    ...(await actionsRuntime(step.job, 'container')),
  });
  const given = envOf(step);
  for (const name of ['PATH', ...Object.keys(step.job.executor.baseEnv)])
    if (!(name in given)) delete env[name];
  return env;
}
