import { access } from 'node:fs/promises';
import type { Selectable } from 'kysely';
import type { BlobStore } from '../blobs/blob-store.ts';
import { discardUnreferenced } from '../blobs/discard-unreferenced.ts';
import type { JobScope } from '../results/job-scope.ts';
import { ResultsError } from '../results/results-error.ts';
import type { Store } from '../store/open-store.ts';
import type { ArtifactTable } from '../store/schema.ts';
import { assessArtifactName } from './artifact-name.ts';

export interface Artifact {
  id: number;
  repository: string;
  runId: string;
  jobKey: string;
  name: string;
  mimeType: string;
  digest: string;
  sizeBytes: number;
  untrusted: boolean;
  createdAt: number;
  expiresAt: number;
}

export interface ArtifactLimits {
  /** Default 90 days, as GitHub. */
  retentionMs: number;
  /** Longer wishes are cut to this. */
  maxRetentionMs: number;
  /** Artifacts that one run may have; GitHub's limit is 500 for each job. */
  maxPerRun: number;
}

const dayMs = 24 * 60 * 60 * 1000;
export const defaultArtifactLimits: ArtifactLimits = {
  retentionMs: 90 * dayMs,
  maxRetentionMs: 400 * dayMs,
  maxPerRun: 5_000,
};

interface Context {
  store: Store;
  blobs: BlobStore;
  now: () => number;
}

/**
 * Whether the job may begin to upload an artifact of this name.
 * @throws ResultsError invalid_argument, already_exists, resource_exhausted
 */
export async function assertArtifactCanBeMade(
  { store, now }: Context,
  { scope, name, limits }: { scope: JobScope; name: string; limits: ArtifactLimits },
): Promise<void> {
  const fault = assessArtifactName(name);
  if (fault !== null) throw new ResultsError('invalid_argument', fault);
  const made = await store
    .selectFrom('artifact')
    .select(['name', 'job_key', 'created_at'])
    .where('run_id', '=', scope.runId)
    .where('expires_at', '>', now())
    .execute();
  if (made.some((artifact) => artifact.name === name && !isOutdated(artifact, scope)))
    throw alreadyExists(name);
  if (made.length >= limits.maxPerRun) {
    throw new ResultsError('resource_exhausted', `the run has ${made.length} artifacts, which is the limit`);
  }
}

/**
 * Makes the uploaded file an artifact, all at once: it is visible whole or not at all.
 * @throws ResultsError already_exists if another upload of the name was first; invalid_argument if the digest is not the expected one
 */
export async function addArtifact(
  context: Context,
  artifact: {
    scope: JobScope;
    name: string;
    mimeType: string;
    file: string;
    expiresAt: number;
    /** What the client counted; another digest means that bytes were lost or changed on the way. */
    expectedDigest?: string;
  },
): Promise<Artifact> {
  const { store, blobs, now } = context;
  const { scope, name } = artifact;
  const { digest, size } = await blobs.adopt(artifact.file);
  if (artifact.expectedDigest !== undefined && artifact.expectedDigest !== digest) {
    await discardUnreferenced(store, blobs, [digest]);
    throw new ResultsError('invalid_argument', `what arrived is ${digest}, not ${artifact.expectedDigest}`);
  }
  const inserted = await store.transaction().execute(async (transaction) => {
    await transaction
      .deleteFrom('artifact')
      .where('run_id', '=', scope.runId)
      .where('name', '=', name)
      .where('expires_at', '<=', now())
      .execute();
    if (scope.attemptBeganAt !== undefined) {
      await transaction
        .deleteFrom('artifact')
        .where('run_id', '=', scope.runId)
        .where('name', '=', name)
        .where('job_key', '=', scope.jobKey)
        .where('created_at', '<', scope.attemptBeganAt)
        .execute();
    }
    const row = await transaction
      .insertInto('artifact')
      .values({
        repository: scope.repository,
        run_id: scope.runId,
        job_key: scope.jobKey,
        name,
        mime_type: artifact.mimeType,
        digest,
        size,
        untrusted: scope.untrusted ? 1 : 0,
        created_at: now(),
        expires_at: artifact.expiresAt,
      })
      .onConflict((conflict) => conflict.columns(['run_id', 'name']).doNothing())
      .returningAll()
      .executeTakeFirst();
    if (row !== undefined) await access(blobs.fileOf(digest));
    return row;
  });
  if (inserted === undefined) {
    await discardUnreferenced(store, blobs, [digest]);
    throw alreadyExists(name);
  }
  return fromRow(inserted);
}

export interface ArtifactFilter {
  runId?: string;
  repository?: string;
  name?: string;
  id?: number;
}

/** Newest first; expired ones are left out. */
export async function listArtifacts({ store, now }: Context, filter: ArtifactFilter): Promise<Artifact[]> {
  let query = store.selectFrom('artifact').selectAll().where('expires_at', '>', now()).orderBy('id', 'desc');
  if (filter.runId !== undefined) query = query.where('run_id', '=', filter.runId);
  if (filter.repository !== undefined) query = query.where('repository', '=', filter.repository);
  if (filter.name !== undefined) query = query.where('name', '=', filter.name);
  if (filter.id !== undefined) query = query.where('id', '=', filter.id);
  return (await query.execute()).map(fromRow);
}

export async function deleteArtifacts({ store, blobs }: Context, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  const gone = await store.deleteFrom('artifact').where('id', 'in', ids).returning('digest').execute();
  await discardUnreferenced(
    store,
    blobs,
    gone.map(({ digest }) => digest),
  );
}

/** Deletes what has outlived its retention. @returns how many */
export async function expireArtifacts(context: Context): Promise<number> {
  const expired = await context.store
    .selectFrom('artifact')
    .select('id')
    .where('expires_at', '<=', context.now())
    .execute();
  await deleteArtifacts(
    context,
    expired.map(({ id }) => id),
  );
  return expired.length;
}

/** Made by the same job in an earlier attempt. */
function isOutdated(
  artifact: { job_key: string; created_at: number },
  { jobKey, attemptBeganAt = Number.NEGATIVE_INFINITY }: JobScope,
): boolean {
  return artifact.job_key === jobKey && artifact.created_at < attemptBeganAt;
}

function alreadyExists(name: string): ResultsError {
  return new ResultsError(
    'already_exists',
    `an artifact with this name already exists on the workflow run: '${name}'`,
  );
}

function fromRow(row: Selectable<ArtifactTable>): Artifact {
  return {
    id: row.id,
    repository: row.repository,
    runId: row.run_id,
    jobKey: row.job_key,
    name: row.name,
    mimeType: row.mime_type,
    digest: row.digest,
    sizeBytes: Number(row.size),
    untrusted: row.untrusted === 1,
    createdAt: Number(row.created_at),
    expiresAt: Number(row.expires_at),
  };
}
