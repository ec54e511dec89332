import { SlipwayError } from '@slipway/contracts/errors';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { isHeld, longestJobMs } from '../queue/job-queue.ts';
import type { Store } from '../store/open-store.ts';
import type { Job } from './principal.ts';

/** So that no other token that the same key signs passes for one. */
const audience = 'slipway-job';

const claimsSchema = z.object({
  job: z.number().int(),
  fence: z.number().int(),
  run: z.number().int(),
  project: z.string(),
  actor: z.string(),
  permissions: z.record(z.string(), z.enum(['read', 'write'])),
});

/** What a GITHUB_TOKEN says of its job: who it is, and by which claim it runs. */
export interface JobGrant extends Omit<Job, 'kind'> {
  fence: number;
}

/** GITHUB_TOKEN of a job. */
export async function issueJobToken(
  { jobId, runId, ...grant }: JobGrant,
  { key, now }: { key: Uint8Array; now: number },
): Promise<string> {
  return new SignJWT({ ...grant, job: jobId, run: runId } satisfies z.infer<typeof claimsSchema>)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setAudience(audience)
    .setSubject(`job:${jobId}`)
    .setIssuedAt(Math.floor(now / 1000))
    .setExpirationTime(Math.floor((now + longestJobMs) / 1000))
    .sign(key);
}

/**
 * The job whose token it is, as long as the claim that it was given to runs.
 * @throws SlipwayError `unauthorized`
 */
export async function readJobPrincipal(
  token: string,
  { store, key, now }: { store: Store; key: Uint8Array; now: number },
): Promise<Job> {
  const { job: jobId, fence, run: runId, ...rest } = await readClaims(token, { key, now });
  if (!(await isHeld(store, { jobId, fence }))) {
    throw new SlipwayError('unauthorized', { message: 'The job of this token has ended.' });
  }
  return { kind: 'job', jobId, runId, ...rest };
}

async function readClaims(
  token: string,
  { key, now }: { key: Uint8Array; now: number },
): Promise<z.infer<typeof claimsSchema>> {
  try {
    const currentDate = new Date(now);
    const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'], audience, currentDate });
    return claimsSchema.parse(payload);
  } catch (cause) {
    throw new SlipwayError('unauthorized', { cause });
  }
}
