import type { ActionStep, Workflow } from '../../model/workflow.ts';
import { childOf } from '../../reader/convert/access.ts';
import type { Rule } from '../rule.ts';

export const untrustedCheckout: Rule = {
  code: 'untrusted-checkout',
  severity: 'warning',
  why: 'In a run with secrets and a token that writes, code of a fork must not be checked out: any build step runs it.',
  mend: 'Use `pull_request`, or check out the base; `actions/checkout@v7` refuses the head of a fork here.',
  *check({ workflow }) {
    if (!isPrivileged(workflow)) return;
    for (const job of workflow.jobs) {
      for (const step of job.kind === 'job' ? job.steps : []) {
        const ref = step.kind === 'action' ? checkedOutRef(step) : undefined;
        if (ref)
          yield { at: ref.at, message: 'Code of a pull request is checked out in a run that has secrets.' };
      }
    }
  },
};

function isPrivileged({ on }: Workflow): boolean {
  return ['pull_request_target', 'workflow_run', 'issue_comment'].some((event) => event in on);
}

function checkedOutRef(step: ActionStep) {
  if (!/^actions\/checkout@/i.test(step.uses)) return undefined;
  const ref = childOf(step.with, 'ref');
  if (ref?.kind !== 'expression') return undefined;
  return /\bhead(?:_ref|\.ref|\.sha|_sha|_branch)\b|refs\/pull\//.test(ref.source) ? ref : undefined;
}
