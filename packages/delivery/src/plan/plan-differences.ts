import canonicalize from 'canonicalize';
import type { DeploymentPlan } from './deployment-plan.ts';

/** In which parts two plans differ, in words for people. */
export function planDifferences(before: DeploymentPlan, after: DeploymentPlan): string[] {
  const keys = Object.keys(names) as (keyof typeof names)[];
  return keys
    .filter((key) => canonicalize(before[key]) !== canonicalize(after[key]))
    .map((key) => names[key]);
}

const names = {
  environment: 'the environment',
  target: 'the target',
  release: 'the release',
  requestedBy: 'who asks',
  requestedAtMs: 'when it was asked for',
  components: 'what runs now',
  migrations: 'the pending migrations',
  strategy: 'the strategy',
  leastDurationMs: 'the duration',
  rollout: 'the steps, the analysis or the windows',
  placement: 'how it is started and tried',
  protection: 'who and what may deploy',
  proofs: 'who has proven the gates',
  findings: 'what policy says',
} as const satisfies Record<keyof DeploymentPlan, string>;
