import { findProblems } from '../expression-types.ts';
import type { Rule } from '../rule.ts';

export const invalidFormat: Rule = {
  code: 'invalid-format',
  severity: 'error',
  why: 'A placeholder without an argument fails the evaluation, and with it the job.',
  mend: 'Add the argument, or write `{{` for a brace.',
  judgesActions: true,
  check: (file) => findProblems(file, 'invalid-format'),
};
