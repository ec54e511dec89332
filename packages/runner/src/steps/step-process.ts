import { createCommandListener } from '../commands/command-listener.ts';
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
  const listener = createCommandListener(step);
  const { exitCode } = await step.job.executor.run({
    ...process,
    stdout: outputOf(step, listener),
    stderr: outputOf(step, listener),
    cancel: step.stop.signal,
    kill: step.job.killed,
  });
  return exitCode;
}

function outputOf(step: RunningStep, listener: ReturnType<typeof createCommandListener>): ProcessOutput {
  const reader = createOutputReader(step.job.masker, listener);
  return {
    write(chunk) {
      reader.write(chunk);
      return step.report.log.pause;
    },
    end: () => reader.end(),
  };
}
