import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeActionRuns } from '@slipway/workflow';
import type { ResolvedAction } from '../actions/action-store.ts';
import { actionsRuntime, sideOfSteps } from '../job/actions-runtime.ts';
import { acceptedServerUrl } from './accepted-server-url.ts';
import { otherRunVariables } from './other-run-artifacts.ts';
import { processEnvironment } from './process-environment.ts';
import type { RunningStep } from './running-step.ts';
import { StepError } from './step-error.ts';
import { runStepProcess } from './step-process.ts';

export interface NodeActionUse {
  resolved: ResolvedAction;
  runs: NodeActionRuns;
  inputs: Record<string, string>;
}

/**
 * Runs a stage of a JavaScript action; node12 to node24 all run on the Node that Slipway runs on.
 * Resolves to whether it succeeded.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/Handlers/NodeScriptActionHandler.cs
 */
export async function runNodeAction(step: RunningStep, use: NodeActionUse): Promise<boolean> {
  const { executor, folders } = step.job;
  const script = join(use.resolved.directory, scriptOf(use.runs, step));
  if (!existsSync(script)) {
    throw new StepError(
      `The action's script '${script}' does not exist`,
      "Use a ref of the action that holds its built files, or correct 'runs' in its action.yml.",
    );
  }
  const env = processEnvironment(step, {
    ...inputVariables(use.inputs),
    ...stateVariables(step),
    ...(await actionsRuntime(step.job, sideOfSteps(step.job))),
  });
  const serverUrl = await acceptedServerUrl(script, env.GITHUB_SERVER_URL);
  if (serverUrl !== undefined) env.GITHUB_SERVER_URL = serverUrl;
  Object.assign(env, await otherRunVariables(script, env));
  // A job's ICU data would be none of this Node's.
  delete env.NODE_ICU_DATA;
  const exitCode = await runStepProcess(step, {
    file: executor.node,
    args: [executor.toStepPath(script)],
    directory: executor.toStepPath(folders.workspace),
    env,
  });
  return exitCode === 0;
}

function scriptOf(runs: NodeActionRuns, { stage }: RunningStep): string {
  switch (stage) {
    case 'pre':
      return runs.pre ?? '';
    case 'main':
      return runs.main;
    case 'post':
      return runs.post ?? '';
  }
}

/** `INPUT_*` */
export function inputVariables(inputs: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [
      `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
      value,
    ]),
  );
}

/** `STATE_*` */
export function stateVariables(step: RunningStep): Record<string, string> {
  return Object.fromEntries([...step.memory.state].map(([name, value]) => [`STATE_${name}`, value]));
}
