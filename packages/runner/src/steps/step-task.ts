import type { Conclusion } from '@slipway/contracts';
import type { ActionStep, ExpressionTemplate, RunStep, Template } from '@slipway/workflow';
import type { RunningStep, Stage } from './running-step.ts';

/** What there is to do in one stage of a step, and its keys that hold for every kind of step. */
export interface StepTask {
  /** `if`, `pre-if` or `post-if`. */
  condition: ExpressionTemplate;
  env?: Template;
  continueOnError?: Template;
  timeoutMinutes?: Template;
  /** Resolves to how it ended; throws for what stops it from doing its work. */
  execute(step: RunningStep): Promise<StepEnd>;
}

export type StepEnd = Exclude<Conclusion, 'skipped'>;

/** One stage of a step that is due. */
export interface DueStage {
  step: RunStep | ActionStep;
  stage: Stage;
  /** Default the step's `if`. */
  condition?: ExpressionTemplate;
}

/** What a due stage has to do. Composite actions get it handed in: their steps are of all kinds again. */
export type TaskFactory = (due: DueStage) => StepTask;
