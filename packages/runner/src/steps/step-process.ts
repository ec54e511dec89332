import { createProblemScanner } from '../commands/problem-scanner.ts';
import { createWorkflowCommands, type WorkflowCommands } from '../commands/workflow-commands.ts';
import { createOutputReader } from '../output/output-reader.ts';
import type { ProcessOutput } from '../processes/run-process.ts';
import type { RunningStep } from './running-step.ts';

export interface StepProcess {
  file: string;
  args: string[];
  directory: string;
  env: Record<string, string>;
}

/** Runs a process of a step, its output read for workflow commands and problems. Resolves to its exit code. */
export async function runStepProcess(step: RunningStep, process: StepProcess): Promise<number> {
  const commands = createWorkflowCommands(step);
  const { exitCode } = await step.job.executor.run({
    ...process,
    stdout: outputOf(step, commands),
    stderr: outputOf(step, commands),
    cancel: step.stop.signal,
    kill: step.job.killed,
  });
  return exitCode;
}

/** Reads what a process of the step prints. */
export function outputOf(step: RunningStep, commands: WorkflowCommands): ProcessOutput {
  const reader = createOutputReader(step.job.masker, {
    command: commands.read,
    lines: createProblemScanner(step),
  });
  return {
    write(chunk) {
      reader.write(chunk);
      return step.report.log.pause;
    },
    end: () => reader.end(),
    get keeps() {
      return reader.keeps || step.report.log.keeps;
    },
  };
}
