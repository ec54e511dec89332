import { resolve } from 'node:path';
import { evaluateString } from '@slipway/workflow/expressions';
import { createStepFiles } from '../commands/step-files.ts';
import type { ForkedEnvironment } from '../job/job-environment.ts';
import { processEnvironment, searchPath } from '../steps/process-environment.ts';
import { type RunningStep, scopeOf } from '../steps/running-step.ts';
import { StepError } from '../steps/step-error.ts';
import type { StepShell } from './step-gate.ts';

/**
 * An interactive shell with the step's environment, in its directory, in the job's container if there is one.
 * Start-up files are not read: they would change PATH.
 * Variables that are set in it go to `environment` when it is closed.
 * @throws StepError where there is no shell
 */
export function openShell(step: RunningStep, environment: ForkedEnvironment): StepShell {
  const { executor } = step.job;
  const path = searchPath(step);
  const bash = executor.findProgram('bash', path);
  const program = bash ?? executor.findProgram('sh', path);
  if (program === undefined) {
    throw new StepError(
      'There is no bash and no sh on the PATH of the step',
      'Install one in an earlier step.',
    );
  }
  const files = createStepFiles({ ...step, environment });
  const start = executor.interactive({
    file: program,
    args: bash === undefined ? ['-i'] : ['--noprofile', '--norc', '-i'],
    directory: directoryOf(step),
    env: {
      ...processEnvironment(step),
      TERM: step.job.options.baseEnv.TERM ?? 'xterm',
      PS1: `slipway:${step.job.request.jobKey}$ `,
    },
  });
  return {
    ...start,
    close() {
      files.collect();
      environment.merge();
    },
  };
}

function directoryOf(step: RunningStep): string {
  const { executor, folders, defaults } = step.job;
  const workspace = executor.toStepPath(folders.workspace);
  if (step.source.kind !== 'run') return workspace;
  const { workingDirectory } = step.source;
  const inherited = step.scope.composite === undefined ? defaults.workingDirectory : undefined;
  const folder = workingDirectory === undefined ? inherited : evaluateString(workingDirectory, scopeOf(step));
  return resolve(workspace, folder ?? '');
}
