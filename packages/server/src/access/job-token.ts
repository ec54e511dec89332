import { SlipwayError } from '@slipway/contracts/errors';
import { jwtVerify, SignJWT } from 'jose';

const audience = 'slipway-git';
const lifeMs = 24 * 60 * 60_000;

/** GITHUB_TOKEN of a job: it reads the repository of its project over git, and nothing else. */
export async function issueJobToken(
  { project, jobId }: { project: string; jobId: number },
  { key, now }: { key: Uint8Array; now: number },
): Promise<string> {
  return new SignJWT({ project })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setAudience(audience)
    .setSubject(`job:${jobId}`)
    .setIssuedAt(Math.floor(now / 1000))
    .setExpirationTime(Math.floor((now + lifeMs) / 1000))
    .sign(key);
}

/**
 * The project whose repository the token reads.
 * @throws SlipwayError `unauthorized`
 */
export async function readJobToken(
  token: string,
  { key, now }: { key: Uint8Array; now: number },
): Promise<string> {
  try {
    const currentDate = new Date(now);
    const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'], audience, currentDate });
    return String(payload.project);
  } catch (cause) {
    throw new SlipwayError('unauthorized', { cause });
  }
}
