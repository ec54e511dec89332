import { ExpressionError, evaluateBoolean, evaluateString } from '../expressions/index.ts';
import type { EvaluationScope } from '../expressions/value.ts';
import type { ConcurrencyTemplate } from '../model/workflow.ts';
import type { GroupRequest } from './run-plan.ts';

const maxGroupLength = 400;

/**
 * Evaluates `concurrency:` of a workflow or a job; no concurrency is no group.
 * Errors: ExpressionError, also for a name that is empty or longer than 400 characters, and for `queue: max` with
 * `cancel-in-progress`.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#concurrency
 */
export function evaluateConcurrency(
  template: ConcurrencyTemplate | undefined,
  scope: EvaluationScope,
): GroupRequest[] {
  if (template === undefined) return [];
  const group = evaluateString(template.group, scope);
  const { at } = template.group;
  if (group === '') throw new ExpressionError('The name of the concurrency group is empty.', '', at);
  if (group.length > maxGroupLength) {
    throw new ExpressionError(
      `The name of the concurrency group has more than ${maxGroupLength} characters.`,
      '',
      at,
    );
  }
  const cancelInProgress = template.cancelInProgress
    ? evaluateBoolean(template.cancelInProgress, scope)
    : false;
  const queue = template.queue ?? 'single';
  if (cancelInProgress && queue === 'max') {
    throw new ExpressionError('queue: max does not go with cancel-in-progress: true.', '', at);
  }
  return [{ group, cancelInProgress, queue }];
}
