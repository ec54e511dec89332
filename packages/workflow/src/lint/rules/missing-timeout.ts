import type { Rule } from '../rule.ts';

export const missingTimeout: Rule = {
  code: 'missing-timeout',
  severity: 'warning',
  why: 'A job that hangs holds its runner for six hours.',
  mend: 'Add `timeout-minutes:` with a little more than the job needs.',
  *check({ workflow }) {
    for (const job of workflow.jobs) {
      if (job.kind !== 'job' || job.timeoutMinutes || job.steps.length === 0) continue;
      yield { at: job.at, message: `Job \`${job.id}\` has no time limit.` };
    }
  },
};
