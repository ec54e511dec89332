import type { OutputListener } from '../output/output-reader.ts';
import type { RunningStep } from '../steps/running-step.ts';

/** Reads the output of a step's process for workflow commands and problems. */
export function createCommandListener(step: RunningStep): OutputListener {
  return {
    command: () => undefined,
    lines: (block) => step.report.log.write(block),
  };
}
