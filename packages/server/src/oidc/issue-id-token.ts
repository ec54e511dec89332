import { randomUUID } from 'node:crypto';
import { SlipwayError } from '@slipway/contracts/errors';
import type { JobRequest } from '@slipway/workflow';
import { SignJWT } from 'jose';
import { permissionsOfJob } from '../access/job-permissions.ts';
import type { EventSources } from '../events/event-sources.ts';
import { findProject, type Project } from '../projects/find-project.ts';
import { rulesFor } from '../protection/protection-rules.ts';
import { rulesInForce } from '../protection/rules-in-force.ts';
import { claimsOf, defaultAudience } from './claims.ts';
import { algorithm, type OidcKeys } from './oidc-keys.ts';
import type { RunningJob } from './request-token.ts';

/** How long an ID token is good: time enough to show it, as GitHub's. */
export const idTokenSeconds = 5 * 60;
/** For clocks that are behind. */
const leewaySeconds = 60;

export interface Issuing {
  sources: Pick<EventSources, 'store' | 'now' | 'publicUrl' | 'repositories'>;
  keys: OidcKeys;
}

/** Whom tokens name as `iss`, and below which the keys are published. */
export function issuerOf(publicUrl: string): string {
  return `${publicUrl}/oidc`;
}

/**
 * An ID token of a job, for clouds to verify.
 * @param audience whom it is for; undefined: `defaultAudience`
 * @throws SlipwayError `unauthorized`: the job does not run; `forbidden`: it may not
 */
export async function issueIdToken(
  { sources, keys }: Issuing,
  { job, audience }: { job: RunningJob; audience: string | undefined },
): Promise<string> {
  const { store, now, publicUrl } = sources;
  const row = await store
    .selectFrom('job')
    .select(['project', 'attempt', 'request'])
    .where(({ and }) => and({ id: job.jobId, fence: job.fence, state: 'claimed' }))
    .executeTakeFirst();
  if (row === undefined) {
    throw new SlipwayError('unauthorized', { message: 'The job of this token has ended.' });
  }
  const request = JSON.parse(row.request) as JobRequest;
  // Asked again: what a job may is not the request token's to say.
  if (permissionsOfJob(request)['id-token'] !== 'write') throw new SlipwayError('forbidden');
  const project = await findProject(store, row.project);
  const { github } = request.contexts;
  const claims = claimsOf({
    request,
    attempt: row.attempt,
    subjectForm: project.settings.oidc.subject,
    refProtected: await isProtected(sources, project, String(github.ref ?? '')),
  });
  const { kid, key } = await keys.signing();
  const at = Math.floor(now() / 1000);
  return new SignJWT(claims)
    .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid })
    .setIssuer(issuerOf(publicUrl))
    .setAudience(audience ?? defaultAudience(github))
    .setJti(randomUUID())
    .setIssuedAt(at)
    .setNotBefore(at - leewaySeconds)
    .setExpirationTime(at + idTokenSeconds)
    .sign(key);
}

/** Of hosted repositories; what GitHub protects is not known here. */
async function isProtected(
  sources: Pick<EventSources, 'repositories'>,
  project: Project,
  ref: string,
): Promise<boolean> {
  if (project.settings.source.kind !== 'hosted' || !ref.startsWith('refs/heads/')) return false;
  const { protection } = await rulesInForce(sources, project);
  return rulesFor(protection, ref.slice('refs/heads/'.length)) !== null;
}
