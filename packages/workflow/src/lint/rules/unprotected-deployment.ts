import type { NormalJob } from '../../model/workflow.ts';
import { textOf } from '../../reader/convert/access.ts';
import type { Rule } from '../rule.ts';

export const unprotectedDeployment: Rule = {
  code: 'unprotected-deployment',
  severity: 'warning',
  why: 'Only a job with an environment waits for its reviewers, and has its secrets apart from all others.',
  mend: 'Add `environment: production` and require a review there.',
  *check({ workflow }) {
    for (const job of workflow.jobs) {
      if (job.kind === 'job' && !job.environment && deploysToProduction(job)) {
        yield { at: job.at, message: `Job \`${job.id}\` deploys to production without an environment.` };
      }
    }
  },
};

function deploysToProduction({ id, name }: NormalJob): boolean {
  const words = `${id} ${textOf(name) ?? ''}`;
  return (
    /deploy|release|rollout|promote/i.test(words) && /\bprod(?:uction)?\b|[-_]prod(?:uction)?\b/i.test(words)
  );
}
