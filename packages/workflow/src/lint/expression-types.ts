import type { Position } from '../model/diagnostic.ts';
import { contextsAt } from './contexts/contexts-at.ts';
import type { LintFile } from './file/lint-file.ts';
import type { LocatedExpression } from './file/located-expression.ts';
import type { RuleFinding } from './rule.ts';
import type { ExpressionType } from './types/expression-type.ts';
import { infer, type TypeProblem } from './types/infer.ts';

/** An expression with the type of its value. */
export interface TypedExpression {
  expression: LocatedExpression;
  type: ExpressionType;
}

interface Inferred {
  typed: TypedExpression[];
  problems: { at: Position; problem: TypeProblem }[];
}

const inferred = new WeakMap<LintFile, Inferred>();

/** All expressions of a file with their types; inferred once for all rules. */
export function typedExpressions(file: LintFile): readonly TypedExpression[] {
  return inferAll(file).typed;
}

/** The findings of a rule that reports one kind of problem. */
export function findProblems(file: LintFile, code: TypeProblem['code']): RuleFinding[] {
  return inferAll(file)
    .problems.filter(({ problem }) => problem.code === code)
    .map(({ at, problem: { message, mend } }) => ({ at, message, ...(mend === undefined ? {} : { mend }) }));
}

function inferAll(file: LintFile): Inferred {
  const known = inferred.get(file);
  if (known) return known;
  const result: Inferred = { typed: [], problems: [] };
  for (const expression of file.expressions) {
    const type = infer(
      {
        source: expression.source,
        contexts: contextsAt(file, expression),
        report: (problem) => result.problems.push({ at: expression.place(problem.offset), problem }),
      },
      expression.tree,
    );
    result.typed.push({ expression, type });
  }
  inferred.set(file, result);
  return result;
}
