import { everyEnv } from '../file/env-blocks.ts';
import type { Rule } from '../rule.ts';

export const envName: Rule = {
  code: 'env-name',
  severity: 'warning',
  why: 'Shells cannot read a variable whose name has `=`, `&` or a space, and processes may refuse it.',
  mend: 'Use letters, digits and `_`.',
  judgesActions: true,
  *check(file) {
    for (const { name, at } of everyEnv(file)) {
      if (/[=&\s]/.test(name)) yield { at, message: `\`${name}\` cannot be the name of a variable.` };
    }
  },
};
