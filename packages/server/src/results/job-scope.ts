import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { ResultsError } from './results-error.ts';

/** What a job may do with artifacts and caches; carried by its runtime token, so that a runner can't choose it. */
export interface JobScope {
  /** `owner/name`. */
  repository: string;
  runId: string;
  jobKey: string;
  /** The ref whose caches the job writes, e.g. `refs/heads/topic` or `refs/pull/7/merge`. */
  ref: string;
  /** Refs whose caches it may read besides its own, nearest first: base of the pull request, default branch. */
  readableRefs: string[];
  /** As `ACTIONS_CACHE_MODE`: events that run untrusted code in a trusted scope get `read`. */
  cacheMode: CacheMode;
  /** Artifacts of this job are marked, so that a privileged run that follows can tell. */
  untrusted: boolean;
  /** Epoch ms, of another attempt of a run: an upload replaces what the job itself made before. Absent: artifacts never change. */
  attemptBeganAt?: number | undefined;
  /** By which claim of the queue the job runs: the scope ends with it. Absent: with the token's life. */
  claim?: { jobId: number; fence: number } | undefined;
}

export type CacheMode = 'none' | 'read' | 'write' | 'write-only';

const jobScopeSchema = z.strictObject({
  repository: z.string(),
  runId: z.string(),
  jobKey: z.string(),
  ref: z.string(),
  readableRefs: z.array(z.string()),
  cacheMode: z.enum(['none', 'read', 'write', 'write-only']),
  untrusted: z.boolean(),
  attemptBeganAt: z.number().optional(),
  claim: z.strictObject({ jobId: z.number(), fence: z.number() }).optional(),
});

/**
 * ACTIONS_RUNTIME_TOKEN of a job. The official clients read the ids of run and job from its `scp` claim; BuildKit's (`type=gha`,
 * tonistiigi/go-actions-cache) wants `nbf` and reads from `ac` which caches the token opens.
 * @param lifeMs how long it is accepted
 */
export async function issueRuntimeToken(
  scope: JobScope,
  { key, now, lifeMs }: { key: Uint8Array; now: number; lifeMs: number },
): Promise<string> {
  const claims = {
    scp: `Actions.Results:${scope.runId}:${idOf(scope.jobKey)}`,
    ac: JSON.stringify(accessTo(scope)),
    slipway: scope,
  };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt(Math.floor(now / 1000))
    .setNotBefore(Math.floor(now / 1000))
    .setExpirationTime(Math.floor((now + lifeMs) / 1000))
    .sign(key);
}

/** @throws ResultsError unauthenticated */
export async function readRuntimeToken(
  authorization: string | undefined,
  { key, now }: { key: Uint8Array; now: number },
): Promise<JobScope> {
  const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) throw new ResultsError('unauthenticated', 'a job token is required');
  try {
    const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'], currentDate: new Date(now) });
    return jobScopeSchema.parse(payload.slipway);
  } catch (cause) {
    throw new ResultsError('unauthenticated', 'the job token is not valid', { cause });
  }
}

/** In GitHub's form, for the client to read; what counts is the scope beside it. */
function accessTo({ ref, readableRefs, cacheMode }: JobScope): { Scope: string; Permission: number }[] {
  const permissions = { none: 0, read: 1, 'write-only': 2, write: 3 };
  const own = permissions[cacheMode];
  const scopes = [
    { Scope: ref, Permission: own },
    ...readableRefs.map((one) => ({ Scope: one, Permission: own & permissions.read })),
  ];
  return scopes.filter(({ Permission }) => Permission !== 0);
}

/** The clients split the claim at `:`, which a job key may contain. */
function idOf(jobKey: string): string {
  return Buffer.from(jobKey).toString('hex');
}
