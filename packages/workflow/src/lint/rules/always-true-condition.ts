import type { LocatedExpression } from '../file/located-expression.ts';
import type { Rule, RuleFinding } from '../rule.ts';

export const alwaysTrueCondition: Rule = {
  code: 'always-true-condition',
  severity: 'warning',
  why: 'Text beside `${{ }}` makes the condition a text that is not empty, which is true whatever the expression says.',
  mend: 'Write the whole condition as one expression, best without `${{ }}`.',
  judgesActions: true,
  *check(file) {
    const judged = new Set<string>();
    for (const expression of file.expressions) {
      if (!expression.isCondition || expression.isWhole || !expression.text.includes('${{')) continue;
      const { line, column } = expression.valueAt;
      if (judged.has(`${line}:${column}`)) continue;
      judged.add(`${line}:${column}`);
      yield judge(expression);
    }
  },
};

function judge({ text, valueAt }: LocatedExpression): RuleFinding {
  const inner = text.replaceAll(/\$\{\{\s*|\s*\}\}/g, '').trim();
  return {
    at: valueAt,
    message: 'This condition is always true: there is text outside of `${{ }}`.',
    mend: `Write \`if: ${inner}\`.`,
  };
}
