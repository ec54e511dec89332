import { inputType } from '../contexts/inputs-context.ts';
import { typedExpressions } from '../expression-types.ts';
import type { Rule } from '../rule.ts';
import { typeWords } from '../types/expression-type.ts';

export const defaultType: Rule = {
  code: 'default-type',
  severity: 'error',
  why: 'GitHub refuses the call when the default of an input evaluates to another type than the input has.',
  mend: "Make the expression yield the input's type, with `fromJSON` or a comparison.",
  *check(file) {
    for (const { expression, type } of typedExpressions(file)) {
      const [on, event, inputs, name, key] = expression.path;
      if (on !== 'on' || event !== 'workflow_call' || inputs !== 'inputs' || key !== 'default') continue;
      const input = file.workflow.on.workflow_call?.inputs?.[String(name)];
      if (!input || input.type === 'string') continue;
      const wanted = inputType(input).kind;
      const found = expression.isWhole ? type.kind : 'string';
      if (found === 'any' || found === wanted) continue;
      const words = expression.isWhole ? typeWords(type) : 'a string';
      yield {
        at: expression.valueAt,
        message: `The default of \`${name}\` is ${words}; the input is a ${wanted}.`,
      };
    }
  },
};
