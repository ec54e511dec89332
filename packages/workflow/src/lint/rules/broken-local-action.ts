import { isLocalAction } from '../action-interface.ts';
import type { Rule } from '../rule.ts';

export const brokenLocalAction: Rule = {
  code: 'broken-local-action',
  severity: 'error',
  why: 'A local action whose manifest cannot be read fails the step.',
  mend: "Correct the action's `action.yml`.",
  *check({ workflow, action }) {
    for (const job of workflow.jobs) {
      for (const step of job.kind === 'job' ? job.steps : []) {
        if (step.kind !== 'action' || !isLocalAction(step.uses)) continue;
        const answer = action?.(step.uses);
        if (answer === undefined || answer === 'missing') continue;
        for (const { severity, file, line, message } of answer.diagnostics) {
          if (severity === 'error') yield { at: step.usesAt, message: `${file}:${line}: ${message}` };
        }
      }
    }
  },
};
