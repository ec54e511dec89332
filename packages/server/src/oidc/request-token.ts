import { SlipwayError } from '@slipway/contracts/errors';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { longestJobMs } from '../queue/job-queue.ts';

/** So that no other token that the server's key signs passes for one, nor the other way round. */
const audience = 'slipway-id-token-request';

const claimsSchema = z.object({ job: z.number().int(), fence: z.number().int() });

/** By which claim a job runs. */
export interface RunningJob {
  jobId: number;
  fence: number;
}

/** ACTIONS_ID_TOKEN_REQUEST_TOKEN: that a job may ask for ID tokens. Given only to jobs that have `id-token: write`. */
export async function issueRequestToken(
  { jobId, fence }: RunningJob,
  { key, now }: { key: Uint8Array; now: number },
): Promise<string> {
  return new SignJWT({ job: jobId, fence } satisfies z.infer<typeof claimsSchema>)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setAudience(audience)
    .setIssuedAt(Math.floor(now / 1000))
    .setExpirationTime(Math.floor((now + longestJobMs) / 1000))
    .sign(key);
}

/** @throws SlipwayError `unauthorized` */
export async function readRequestToken(
  token: string,
  { key, now }: { key: Uint8Array; now: number },
): Promise<RunningJob> {
  try {
    const currentDate = new Date(now);
    const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'], audience, currentDate });
    const { job, fence } = claimsSchema.parse(payload);
    return { jobId: job, fence };
  } catch (cause) {
    throw new SlipwayError('unauthorized', { cause });
  }
}
