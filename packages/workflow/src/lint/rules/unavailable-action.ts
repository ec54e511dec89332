import type { Rule } from '../rule.ts';

export const unavailableAction: Rule = {
  code: 'unavailable-action',
  severity: 'error',
  why: 'A job whose action has no such repository, ref or folder fails before its first step.',
  mend: 'Correct `uses:`.',
  judgesActions: true,
  *check({ workflow, unavailable }) {
    for (const job of workflow.jobs) {
      for (const step of job.kind === 'job' ? job.steps : []) {
        const reason = step.kind === 'action' ? unavailable?.(step.uses) : undefined;
        if (reason && step.kind === 'action') yield { at: step.usesAt, ...reason };
      }
    }
  },
};
