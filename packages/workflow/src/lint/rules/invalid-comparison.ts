import { findProblems } from '../expression-types.ts';
import type { Rule } from '../rule.ts';

export const invalidComparison: Rule = {
  code: 'invalid-comparison',
  severity: 'warning',
  why: 'Objects and arrays equal only themselves, and only numbers and texts have an order: the result is always the same.',
  mend: 'Compare a property or an item, or use `contains`.',
  judgesActions: true,
  check: (file) => findProblems(file, 'invalid-comparison'),
};
