import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { RunStep } from '@slipway/workflow';
import { evaluateString } from '@slipway/workflow/expressions';
import { removeFileSoon } from '../commands/remove-file.ts';
import { scriptRuntime } from '../job/actions-runtime.ts';
import { randomHex } from '../job/random-hex.ts';
import { splitCommandLine } from '../processes/command-line.ts';
import { processEnvironment, searchPath } from './process-environment.ts';
import { envOf, type RunningStep, scopeOf } from './running-step.ts';
import { type ShellCommand, understandShell } from './shells.ts';
import { shownScript } from './shown-script.ts';
import { StepError } from './step-error.ts';
import { runStepProcess } from './step-process.ts';

/**
 * Runs a `run:` step. Resolves to whether it succeeded.
 * @throws StepError where it can't be started
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/Handlers/ScriptHandler.cs
 */
export async function runScript(
  step: RunningStep,
  { run, shell, workingDirectory }: RunStep,
): Promise<boolean> {
  const scope = scopeOf(step);
  // The job's defaults don't reach into composite actions.
  const defaults = step.scope.composite === undefined ? step.job.defaults : {};
  const script = evaluateString(run, scope);
  const shellName = (shell === undefined ? '' : evaluateString(shell, scope)) || defaults.shell;
  const command = understandShell(shellName);
  const program = findShell(step, command, shellName);
  const folder =
    workingDirectory === undefined ? defaults.workingDirectory : evaluateString(workingDirectory, scope);
  describe(step, script, `${program} ${command.format}`);
  const path = join(step.job.folders.temp, `${randomHex(16)}${command.extension}`);
  writeFileSync(path, command.wrap(script));
  try {
    const { executor, folders } = step.job;
    const scriptPath = executor.toStepPath(path);
    const exitCode = await runStepProcess(step, {
      file: program,
      args: splitCommandLine(command.format).map((argument) => argument.replaceAll('{0}', scriptPath)),
      directory: resolve(executor.toStepPath(folders.workspace), folder ?? ''),
      env: processEnvironment(step, await scriptRuntime(step.job)),
    });
    if (exitCode === 0) return true;
    if (!step.stop.signal.aborted) step.report.error(`Process completed with exit code ${exitCode}.`);
    return false;
  } finally {
    removeFileSoon(path);
  }
}

function findShell(step: RunningStep, command: ShellCommand, shell: string | undefined): string {
  const path = searchPath(step);
  for (const name of command.programs) {
    const program = step.job.executor.findProgram(name, path);
    if (program !== undefined) return program;
  }
  const [wanted = ''] = command.programs;
  throw new StepError(
    `The shell '${shell ?? wanted}' was not found: there is no program '${wanted}' on the PATH`,
    `Install ${wanted} on this machine or in an earlier step, or choose another 'shell'.`,
  );
}

/** The head of the step's log, as on GitHub. */
function describe(step: RunningStep, script: string, command: string): void {
  const shown = shownScript(script);
  const lines = shown.replaceAll('\r\n', '\n').replace(/\n+$/, '').split('\n');
  const [first = ''] = shown.trimStart().split(/[\r\n]/, 1);
  step.report.log.line(
    [
      `##[group]Run ${first}`,
      ...lines.map((line) => `\x1b[36;1m${line}\x1b[0m`),
      `shell: ${command}`,
      ...describeEnvironment(step),
      '##[endgroup]',
    ].join('\n'),
  );
}

export function describeEnvironment(step: RunningStep): string[] {
  const variables = Object.entries(envOf(step));
  return variables.length === 0 ? [] : ['env:', ...variables.map(([name, value]) => `  ${name}: ${value}`)];
}
