import { ContextAccess, type Expr, FunctionCall, Literal } from '@actions/expressions/ast';
import { evaluate } from '../../expressions/evaluate.ts';
import { childrenOf, literalValue } from '../../expressions/tree.ts';
import type { Rule } from '../rule.ts';

/** Functions whose results depend on their arguments alone. */
const pure = new Set(['contains', 'startswith', 'endswith', 'format', 'join', 'tojson', 'fromjson', 'case']);

export const constantCondition: Rule = {
  code: 'constant-condition',
  severity: 'warning',
  why: 'A condition that asks nothing is a switch someone forgot: the step or job always runs, or never.',
  mend: 'Remove the `if`, or the step or job.',
  judgesActions: true,
  *check(file) {
    for (const { isCondition, isWhole, tree, source, valueAt } of file.expressions) {
      if (!isCondition || !isWhole || !isConstant(tree)) continue;
      yield { at: valueAt, message: `This condition is always ${isTruthy(source) ? 'true' : 'false'}.` };
    }
  },
};

function isConstant(expr: Expr): boolean {
  if (expr instanceof ContextAccess) return false;
  if (expr instanceof FunctionCall && !pure.has(expr.functionName.lexeme.toLowerCase())) return false;
  if (expr instanceof Literal && literalValue(expr) === undefined) return false;
  return childrenOf(expr).every(isConstant);
}

function isTruthy(source: string): boolean {
  try {
    const value = evaluate(source, { contexts: {} });
    return value !== null && value !== false && value !== '' && value !== 0 && !Number.isNaN(value);
  } catch {
    // It fails when it is evaluated, which is not true.
    return false;
  }
}
