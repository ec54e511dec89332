import type { Conclusion } from '@slipway/contracts';
import type { ExpressionTemplate, Template, Value } from '@slipway/workflow';
import {
  displayString,
  evaluateBoolean,
  evaluateCondition,
  evaluateNumber,
  evaluateTemplate,
} from '@slipway/workflow/expressions';
import { type RunningStep, type StopReason, scopeOf } from './running-step.ts';
import type { StepEnd, StepTask } from './step-task.ts';

export interface StepResult {
  /** Before `continue-on-error`. */
  outcome: Conclusion;
  /** After it. */
  conclusion: Conclusion;
}

/**
 * Evaluates `env:` into the step, before anything else: `if:` and the name may use it.
 * Returns the error, if there is one, for decideStep.
 */
export function evaluateStepEnv(step: RunningStep, env: Template | undefined): unknown {
  if (env === undefined) return undefined;
  try {
    Object.assign(step.stepEnv, texts(evaluateTemplate(env, scopeOf(step))));
    return undefined;
  } catch (error) {
    return error;
  }
}

export function texts(value: Value): Record<string, string> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, displayString(item)]));
}

/** What becomes of a step whose turn it is. */
export type Decision = { kind: 'execute' } | { kind: 'skip' } | { kind: 'fail'; error: unknown };

/** Evaluates the condition; an error in it, or before it in `env:`, fails the step. */
export function decideStep(step: RunningStep, { condition }: StepTask, envError: unknown): Decision {
  if (step.job.killed.aborted) return { kind: 'skip' };
  if (envError !== undefined) return { kind: 'fail', error: envError };
  try {
    return { kind: evaluateCondition(condition, scopeOf(step)) ? 'execute' : 'skip' };
  } catch (error) {
    return { kind: 'fail', error };
  }
}

/** Does what was decided. */
export async function performStep(
  step: RunningStep,
  task: StepTask,
  decision: Decision,
): Promise<StepResult> {
  switch (decision.kind) {
    case 'skip':
      return { outcome: 'skipped', conclusion: 'skipped' };
    case 'fail':
      step.report.error(decision.error);
      return { outcome: 'failure', conclusion: 'failure' };
    case 'execute':
      return await executeStep(step, task);
  }
}

/** Within its time, and stopped if the job is cancelled and its `if` does not hold any more. */
async function executeStep(step: RunningStep, task: StepTask): Promise<StepResult> {
  const unwatch = stopOnCancel(step, task.condition);
  const unlimit = limitTime(step, task.timeoutMinutes);
  let outcome: Conclusion;
  try {
    outcome = await task.execute(step);
  } catch (error) {
    outcome = outcomeOf(step, false);
    if (!step.stop.signal.aborted) step.report.error(error);
  } finally {
    unlimit();
    unwatch();
  }
  if (outcome === 'success' && step.commandFailed) outcome = 'failure';
  return { outcome, conclusion: outcome === 'failure' && continuesOnError(step, task) ? 'success' : outcome };
}

/** How a process ended that may have been told to end. */
export function outcomeOf(step: RunningStep, succeeded: boolean): StepEnd {
  const { signal } = step.stop;
  if (!signal.aborted) return succeeded ? 'success' : 'failure';
  return (signal.reason as StopReason) === 'timed-out' ? 'failure' : 'cancelled';
}

/** Makes outputs and result visible in the `steps` context; generated ids stay out of it. */
export function publish(step: RunningStep, result: StepResult): void {
  if (step.id.startsWith('__')) return;
  step.scope.memory.steps[step.id] = { outputs: step.outputs, ...result };
}

function stopOnCancel(step: RunningStep, condition: ExpressionTemplate): () => void {
  const { cancelled } = step.job;
  const inBackground = step.source.background === true;
  // A step that starts after the cancellation does so because its `if` says so.
  if (cancelled.aborted) return () => {};
  const onCancel = () => {
    if (inBackground || !stillHolds(step, condition)) stopStep(step, 'cancelled');
  };
  cancelled.addEventListener('abort', onCancel, { once: true });
  return () => cancelled.removeEventListener('abort', onCancel);
}

function stillHolds(step: RunningStep, condition: ExpressionTemplate): boolean {
  try {
    return evaluateCondition(condition, scopeOf(step));
  } catch (error) {
    step.report.error(error);
    return false;
  }
}

export function stopStep(step: RunningStep, reason: StopReason): void {
  if (!step.stop.signal.aborted) step.stop.abort(reason);
}

function limitTime(step: RunningStep, timeoutMinutes: Template | undefined): () => void {
  if (timeoutMinutes === undefined) return () => {};
  let minutes: number;
  try {
    minutes = evaluateNumber(timeoutMinutes, scopeOf(step));
  } catch (error) {
    step.report.error('An error occurred when attempting to determine the step timeout.');
    step.report.error(error);
    return () => {};
  }
  if (!(minutes > 0)) return () => {};
  return step.job.pauses.after(minutes * 60_000, () => {
    if (step.stop.signal.aborted) return;
    step.report.error(`The step has timed out after ${minutes} minutes.`);
    stopStep(step, 'timed-out');
  });
}

function continuesOnError(step: RunningStep, { continueOnError }: StepTask): boolean {
  if (continueOnError === undefined) return false;
  try {
    return evaluateBoolean(continueOnError, scopeOf(step));
  } catch (error) {
    step.report.error('The step failed, and whether to continue on error could not be determined.');
    step.report.error(error);
    return false;
  }
}
