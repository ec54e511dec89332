import { isLocalAction } from '../action-interface.ts';
import type { Rule } from '../rule.ts';

export const missingLocalAction: Rule = {
  code: 'missing-local-action',
  severity: 'warning',
  why: 'A step with an action that is not in the repository fails, unless an earlier step puts it there.',
  mend: 'Correct the path, which is given from the root of the repository.',
  *check({ workflow, action }) {
    for (const job of workflow.jobs) {
      for (const step of job.kind === 'job' ? job.steps : []) {
        if (step.kind !== 'action' || !isLocalAction(step.uses) || action?.(step.uses) !== 'missing')
          continue;
        yield { at: step.usesAt, message: `There is no \`action.yml\` in \`${step.uses}\`.` };
      }
    }
  },
};
