import type { Rule } from '../rule.ts';

export const missingConcurrency: Rule = {
  code: 'missing-concurrency',
  severity: 'warning',
  why: 'Two runs that deploy to one environment at once interleave, and the older may win.',
  mend: 'Add `concurrency: { group: deploy-<environment>, cancel-in-progress: false }`.',
  *check({ workflow }) {
    if (workflow.concurrency) return;
    for (const job of workflow.jobs) {
      if (job.kind !== 'job' || !job.environment || job.concurrency) continue;
      yield {
        at: job.at,
        message: `Job \`${job.id}\` deploys to an environment, but two of it may run at once.`,
      };
    }
  },
};
