import type { StatusFunctions } from '../../expressions/value.ts';
import type { Conclusion } from '../conclusion.ts';

/** A job's `if`, as the file says it and as plain code: the oracle does not evaluate expressions. */
export interface Condition {
  source: string;
  holds: (facts: ConditionFacts) => boolean;
}

export interface ConditionFacts {
  status: StatusFunctions;
  /** Of the first need; undefined without needs. */
  result: Conclusion | undefined;
  output: string;
}

/** For jobs without needs. */
const general: Condition[] = [
  { source: 'success()', holds: ({ status }) => status.success },
  { source: 'success() && (true)', holds: ({ status }) => status.success },
  { source: 'success() && (false)', holds: () => false },
  { source: 'always()', holds: () => true },
  { source: 'failure()', holds: ({ status }) => status.failure },
  { source: 'cancelled()', holds: ({ status }) => status.cancelled },
  { source: '!cancelled()', holds: ({ status }) => !status.cancelled },
  { source: 'success() || failure()', holds: ({ status }) => status.success || status.failure },
  { source: 'failure() || cancelled()', holds: ({ status }) => status.failure || status.cancelled },
];

/** @param need id of the job's first need, if it has one. */
export function conditionsFor(need: string | undefined): Condition[] {
  if (need === undefined) return general;
  return [
    ...general,
    {
      source: `always() && needs.${need}.result == 'success'`,
      holds: ({ result }) => result === 'success',
    },
    {
      source: `!cancelled() && needs.${need}.result != 'failure'`,
      holds: ({ status, result }) => !status.cancelled && result !== 'failure',
    },
    {
      source: `success() && (needs.${need}.outputs.v == 'a')`,
      holds: ({ status, output }) => status.success && output === 'a',
    },
  ];
}
