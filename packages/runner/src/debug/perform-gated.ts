import type { ActionStep, RunStep } from '@slipway/workflow';
import { type Decision, performStep, type StepResult } from '../steps/perform-step.ts';
import type { RunningStep } from '../steps/running-step.ts';
import type { StepTask } from '../steps/step-task.ts';

export interface GatedStep {
  task: StepTask;
  decision: Decision;
  /** What the step has to do when its text has changed. */
  taskOf(source: RunStep | ActionStep): StepTask;
  /** Of a composite action: the step as the action's file has it now. Absent: `PauseDecision.edited` says so. */
  reread?: () => Promise<RunStep | ActionStep | undefined>;
}

/** Does what was decided; where the runner has a gate, held before and after as that wants it. */
export async function performGated(step: RunningStep, gated: GatedStep): Promise<StepResult> {
  if (step.job.options.gate === undefined || step.stage !== 'main') {
    return await performStep(step, gated.task, gated.decision);
  }
  const { performHeld } = await import('./gated-step.ts');
  return await performHeld(step, gated);
}
