import type { ActionStep, RunStep } from '@slipway/workflow';
import { createStepFiles } from '../commands/step-files.ts';
import { runAction } from './action-step.ts';
import { outcomeOf } from './perform-step.ts';
import type { RunningStep } from './running-step.ts';
import { runScript } from './script-step.ts';
import type { DueStage, StepEnd, StepTask } from './step-task.ts';

/** What a stage of a step has to do, whatever its kind. */
export function taskOf({ step, condition }: DueStage): StepTask {
  return {
    condition: condition ?? step.if,
    ...(step.env === undefined ? {} : { env: step.env }),
    ...(step.continueOnError === undefined ? {} : { continueOnError: step.continueOnError }),
    ...(step.timeoutMinutes === undefined ? {} : { timeoutMinutes: step.timeoutMinutes }),
    execute: (running) => withStepFiles(running, () => execute(running, step)),
  };
}

async function execute(running: RunningStep, step: RunStep | ActionStep): Promise<StepEnd> {
  switch (step.kind) {
    case 'run':
      return outcomeOf(running, await runScript(running, step));
    case 'action':
      return await runAction(running, step, taskOf);
  }
}

/** What the files say counts also for a step that failed. */
async function withStepFiles(running: RunningStep, work: () => Promise<StepEnd>): Promise<StepEnd> {
  const files = createStepFiles(running);
  try {
    return await work();
  } finally {
    files.collect();
  }
}
