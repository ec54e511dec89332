import { findProblems } from '../expression-types.ts';
import type { Rule } from '../rule.ts';

export const unknownProperty: Rule = {
  code: 'unknown-property',
  severity: 'warning',
  why: 'A property that does not exist is empty, silently: a mistyped output or matrix key changes what the job does.',
  mend: 'Correct the name, or define what it names.',
  judgesActions: true,
  check: (file) => findProblems(file, 'unknown-property'),
};
