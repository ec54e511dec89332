import type { Rule } from '../rule.ts';

export const foreignNeed: Rule = {
  code: 'foreign-need',
  severity: 'warning',
  why: 'Slipway lets a job need a job of another workflow of the same event; GitHub refuses such a file.',
  mend: 'For GitHub, call both from one workflow with `workflow_call`.',
  *check({ workflow, siblings = [] }) {
    const own = new Set(workflow.jobs.map(({ id }) => id.toLowerCase()));
    for (const job of workflow.jobs) {
      for (const [i, need] of job.needs.entries()) {
        if (own.has(need.toLowerCase())) continue;
        const owner = siblings.find(({ jobs }) =>
          jobs.some(({ id }) => id.toLowerCase() === need.toLowerCase()),
        );
        if (owner)
          yield { at: job.needsAt?.[i] ?? job.at, message: `\`${need}\` is a job of \`${owner.path}\`.` };
      }
    }
  },
};
