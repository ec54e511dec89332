import canonicalize from 'canonicalize';
import type { DeploymentPlan } from './deployment-plan.ts';

/** Hash of the plan's canonical JSON (RFC 8785), so that the same plan has the same hash wherever it was made. `hash` is e.g. SHA-256 in hexadecimal. */
export function planHash(plan: DeploymentPlan, hash: (text: string) => string): string {
  const text = canonicalize(plan);
  if (text === undefined) throw new TypeError('A plan is JSON.');
  return hash(text);
}
