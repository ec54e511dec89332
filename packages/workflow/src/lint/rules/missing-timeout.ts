import type { Rule } from '../rule.ts';

export const missingTimeout: Rule = {
  code: 'missing-timeout',
  severity: 'warning',
  why: 'A job that hangs holds its runner for six hours.',
  mend: 'Add `timeout-minutes:` with a little more than the job needs.',
  *check({ workflow }) {
    const open = workflow.jobs.filter(
      (job) => job.kind === 'job' && !job.timeoutMinutes && job.steps.length > 0,
    );
    const [first, ...others] = open.map(({ id }) => `\`${id}\``);
    const at = open[0]?.at;
    if (!at) return;
    const message =
      others.length === 0
        ? `Job ${first} has no time limit.`
        : `${open.length} jobs have no time limit: ${[first, ...others].join(', ')}.`;
    yield { at, message };
  },
};
