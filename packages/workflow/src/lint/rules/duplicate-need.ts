import type { Rule } from '../rule.ts';

export const duplicateNeed: Rule = {
  code: 'duplicate-need',
  severity: 'warning',
  why: 'A job that is needed twice is a slip: probably another one was meant.',
  mend: 'Remove one of the two.',
  *check({ workflow }) {
    for (const job of workflow.jobs) {
      const seen = new Set<string>();
      for (const [i, need] of job.needs.entries()) {
        if (seen.has(need.toLowerCase())) {
          yield {
            at: job.needsAt?.[i] ?? job.at,
            message: `\`${need}\` is needed twice; case does not count.`,
          };
        }
        seen.add(need.toLowerCase());
      }
    }
  },
};
