import { FilteredArray } from './access.ts';
import { compileExpression } from './compile.ts';
import type { Budget } from './frame.ts';
import type { EvaluationScope, StatusFunctions, Value } from './value.ts';

/**
 * Evaluates an expression (without `${{ }}`). The result may share parts of the scope's data: treat both as immutable.
 * Errors: ExpressionError for one that can't be parsed, names what the scope doesn't offer, or exceeds GitHub's limits
 * (21,000 characters, 50 levels, 10 MiB of results).
 * @see actions/runner, src/Sdk/Expressions
 */
export function evaluate(source: string, scope: EvaluationScope): Value {
  return evaluateWithin({ spentBytes: 0 }, source, scope);
}

/** The same, on a budget that several evaluations share. */
export function evaluateWithin(budget: Budget, source: string, scope: EvaluationScope): Value {
  const answer = loneStatusFunctions.get(source);
  if (answer !== undefined && scope.status !== undefined) return answer(scope.status);
  const result = compileExpression(source)({ scope, source, budget });
  return result instanceof FilteredArray ? Array.from(result) : result;
}

/** Most conditions are one of these: they need no parser. */
const loneStatusFunctions = new Map<string, (status: StatusFunctions) => boolean>([
  ['success()', (status) => status.success],
  ['failure()', (status) => status.failure],
  ['cancelled()', (status) => status.cancelled],
  ['always()', () => true],
]);
