import type { Step } from '../../model/workflow.ts';
import { childOf, textOf } from '../../reader/convert/access.ts';
import { isLocalAction } from '../action-interface.ts';
import type { Rule } from '../rule.ts';

export const missingLocalAction: Rule = {
  code: 'missing-local-action',
  severity: 'warning',
  why: 'A step with an action that is not in the repository fails, unless an earlier step puts it there.',
  mend: 'Correct the path, which is given from the root of the repository.',
  *check({ workflow, action }) {
    for (const job of workflow.jobs) {
      const steps = job.kind === 'job' ? job.steps : [];
      for (const [i, step] of steps.entries()) {
        if (step.kind !== 'action' || !isLocalAction(step.uses) || isPutThere(step.uses, steps.slice(0, i)))
          continue;
        if (action?.(step.uses) !== 'missing') continue;
        yield { at: step.usesAt, message: `There is no \`action.yml\` in \`${step.uses}\`.` };
      }
    }
  },
};

/** Whether it is outside of the repository, or in a folder that another checkout fills. */
function isPutThere(uses: string, before: Step[]): boolean {
  if (/^\.[\\/]\.\./.test(uses)) return true;
  return before.some((step) => {
    const path =
      step.kind === 'action' && /^actions\/checkout@/.test(step.uses)
        ? childOf(step.with, 'path')
        : undefined;
    if (!path) return false;
    const folder = textOf(path)?.replace(/^\.\//, '').replace(/\/$/, '');
    return folder === undefined || uses.slice(2) === folder || uses.slice(2).startsWith(`${folder}/`);
  });
}
