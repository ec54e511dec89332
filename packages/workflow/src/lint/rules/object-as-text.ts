import { expectedKinds } from '../../reader/schema/definition-paths.ts';
import { type TypedExpression, typedExpressions } from '../expression-types.ts';
import type { LintFile } from '../file/lint-file.ts';
import type { Rule } from '../rule.ts';
import { typeWords } from '../types/expression-type.ts';

export const objectAsText: Rule = {
  code: 'object-as-text',
  severity: 'warning',
  why: 'An object or array becomes the word `Object` or `Array` in a text, and null becomes nothing.',
  mend: 'Use `toJSON(…)`, `join(…)` or a property.',
  judgesActions: true,
  *check(file) {
    for (const typed of typedExpressions(file)) {
      const { expression, type } = typed;
      if (type.kind !== 'object' && type.kind !== 'array' && type.kind !== 'null') continue;
      if (expression.isCondition || !becomesText(file, typed)) continue;
      yield {
        at: expression.place(0),
        message: `\`${expression.source}\` is ${typeWords(type)}, but stands in a text.`,
      };
    }
  },
};

function becomesText(file: LintFile, { expression, type }: TypedExpression): boolean {
  if (!expression.isWhole) return true;
  const kinds = expectedKinds(file.schemaAt(expression.path));
  return (
    type.kind !== 'null' && kinds.length > 0 && !kinds.includes('a mapping') && !kinds.includes('a sequence')
  );
}
