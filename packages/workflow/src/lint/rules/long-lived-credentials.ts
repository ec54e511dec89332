import { entryOf } from '../../reader/convert/access.ts';
import type { Rule } from '../rule.ts';

export const longLivedCredentials: Rule = {
  code: 'long-lived-credentials',
  severity: 'warning',
  why: 'A key that never expires can be used from anywhere once it has leaked; a token by OIDC lives minutes and names the run.',
  mend: 'Use OIDC: `permissions: { id-token: write }` and `role-to-assume`.',
  *check({ workflow }) {
    for (const job of workflow.jobs) {
      for (const step of job.kind === 'job' ? job.steps : []) {
        if (step.kind !== 'action') continue;
        const key = /^aws-actions\/configure-aws-credentials@/.test(step.uses)
          ? entryOf(step.with, 'aws-access-key-id')
          : /^google-github-actions\/auth@/.test(step.uses)
            ? entryOf(step.with, 'credentials_json')
            : undefined;
        if (key) yield { at: key.at, message: `\`${key.name}\` is a key that does not expire.` };
      }
    }
  },
};
