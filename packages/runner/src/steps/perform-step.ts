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

export interface StepResult {
  /** Before `continue-on-error`. */
  outcome: Conclusion;
  /** After it. */
  conclusion: Conclusion;
}

/** What there is to do in one stage of a step, and its keys that hold for every kind of step. */
export interface StepTask {
  /** `if`, `pre-if` or `post-if`. */
  condition: ExpressionTemplate;
  env?: Template;
  continueOnError?: Template;
  timeoutMinutes?: Template;
  /** Resolves to how it ended; throws for what stops it from doing its work. */
  execute(step: RunningStep): Promise<Exclude<Conclusion, 'skipped'>>;
}

const skipped: StepResult = { outcome: 'skipped', conclusion: 'skipped' };
const failed: StepResult = { outcome: 'failure', conclusion: 'failure' };

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

/** What becomes of the step: undefined if it is to be executed, else the result it has without. */
export function decideStep(step: RunningStep, task: StepTask, envError: unknown): StepResult | undefined {
  if (step.job.killed.aborted) return skipped;
  try {
    if (envError !== undefined) throw envError;
    return evaluateCondition(task.condition, scopeOf(step)) ? undefined : skipped;
  } catch (error) {
    step.report.error(error);
    return failed;
  }
}

/** Executes the step, within its time, and stops it if the job is cancelled and its `if` does not hold any more. */
export async function performStep(step: RunningStep, task: StepTask): Promise<StepResult> {
  const unwatch = stopOnCancel(step, task.condition);
  const unlimit = limitTime(step, task.timeoutMinutes);
  let outcome: Conclusion;
  try {
    outcome = await task.execute(step);
  } catch (error) {
    outcome = 'failure';
    if (!step.stop.signal.aborted) step.report.error(error);
  } finally {
    unlimit();
    unwatch();
  }
  if (outcome === 'success' && step.commandFailed) outcome = 'failure';
  return { outcome, conclusion: outcome === 'failure' && continuesOnError(step, task) ? 'success' : outcome };
}

/** How a process ended that may have been told to end. */
export function outcomeOf(step: RunningStep, succeeded: boolean): Exclude<Conclusion, 'skipped'> {
  const { signal } = step.stop;
  if (!signal.aborted) return succeeded ? 'success' : 'failure';
  return (signal.reason as StopReason) === 'timed-out' ? 'failure' : 'cancelled';
}

function stopOnCancel(step: RunningStep, condition: ExpressionTemplate): () => void {
  const { cancelled } = step.job;
  // A step that starts after the cancellation does so because its `if` says so.
  if (cancelled.aborted) return () => {};
  const onCancel = () => {
    if (!stillHolds(step, condition)) stopStep(step, 'cancelled');
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

/** setTimeout's longest. */
const longestDelayMs = 2 ** 31 - 1;

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
  const timer = setTimeout(
    () => {
      if (step.stop.signal.aborted) return;
      step.report.error(`The step has timed out after ${minutes} minutes.`);
      stopStep(step, 'timed-out');
    },
    Math.min(minutes * 60_000, longestDelayMs),
  );
  return () => clearTimeout(timer);
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
