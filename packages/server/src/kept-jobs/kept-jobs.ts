import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { SlipwayError } from '@slipway/contracts/errors';
import type { KeptUpload } from '@slipway/contracts/runner-protocol';
import type { BlobStore } from '../blobs/blob-store.ts';
import { discardUnreferenced } from '../blobs/discard-unreferenced.ts';
import { FencedError } from '../queue/job-queue.ts';
import type { Store } from '../store/open-store.ts';

/** The largest folder of a job that is kept; of what runners offer no more is taken. */
export const mostKeptBytes = 2 * 1024 ** 3;

/** Failed jobs, kept at the server so that any runner can go on from one of their steps. */
export interface KeptJobs {
  /** @throws SlipwayError `fenced`, `too-large` */
  take(jobId: number, upload: KeptUpload): Promise<void>;
  /**
   * The archive of the job that a claimed one goes on from.
   * @throws SlipwayError `fenced`, `not-kept`
   */
  open(jobId: number, fence: number): Promise<AsyncIterable<Uint8Array>>;
}

interface Keeping {
  store: Store;
  blobs: BlobStore;
  now: () => number;
}

export function createKeptJobs(keeping: Keeping): KeptJobs {
  const { store, blobs } = keeping;
  return {
    async take(jobId, { fence, summary, archive }) {
      await assertHeld(store, jobId, fence);
      const file = path.join(blobs.stagingDirectory(), randomUUID());
      try {
        await pipeline(limited(archive), createWriteStream(file, { flags: 'wx', mode: 0o600 }));
        await record(keeping, { jobId, fence, file, summary: JSON.stringify(summary) });
      } finally {
        await rm(file, { force: true });
      }
    },
    async open(jobId, fence) {
      const { run_id: runId, attempt, job_key: jobKey } = await assertHeld(store, jobId, fence);
      const resume = await resumeOf(store, { runId: Number(runId), attempt, jobKey });
      const kept =
        resume === null
          ? undefined
          : await store
              .selectFrom('kept_job')
              .select('digest')
              .where('job_id', '=', resume.keptJobId)
              .executeTakeFirst();
      if (kept === undefined) throw new SlipwayError('not-kept');
      return createReadStream(blobs.fileOf(kept.digest), { highWaterMark: 1 << 18 });
    },
  };
}

/** A job that goes on from a step, as its attempt says. */
export interface Resume {
  jobKey: string;
  /** In `kept_job`. */
  keptJobId: number;
  /** Of the step in the job's list, from 0. */
  place: number;
  /** Where the job's folder was. */
  root?: string;
}

/** null: the job begins. */
export async function resumeOf(
  store: Store,
  { runId, attempt, jobKey }: { runId: number; attempt: number; jobKey: string },
): Promise<Resume | null> {
  if (attempt === 1) return null;
  const row = await store
    .selectFrom('run_attempt')
    .select('resume')
    .where(({ and }) => and({ run_id: runId, attempt }))
    .executeTakeFirst();
  const resume = JSON.parse(row?.resume ?? 'null') as Resume | null;
  return resume?.jobKey === jobKey ? resume : null;
}

/** Removes kept jobs, with their archives. */
export async function removeKeptJobs(
  { store, blobs }: Pick<Keeping, 'store' | 'blobs'>,
  jobIds: readonly number[],
): Promise<void> {
  if (jobIds.length === 0) return;
  const gone = await store.deleteFrom('kept_job').where('job_id', 'in', jobIds).returning('digest').execute();
  await discardUnreferenced(
    store,
    blobs,
    gone.map(({ digest }) => digest),
  );
}

async function record(
  { store, blobs, now }: Keeping,
  { jobId, fence, file, summary }: { jobId: number; fence: number; file: string; summary: string },
): Promise<void> {
  const { digest, size } = await blobs.adopt(file);
  const before = await store.transaction().execute(async (transaction) => {
    const { project, run_id, attempt, job_key } = await assertHeld(transaction, jobId, fence);
    const known = await transaction
      .selectFrom('kept_job')
      .select('digest')
      .where('job_id', '=', jobId)
      .executeTakeFirst();
    const content = { digest, size, summary, created_at: now() };
    await transaction
      .insertInto('kept_job')
      .values({ job_id: jobId, project, run_id: Number(run_id), attempt, job_key, ...content })
      .onConflict((conflict) => conflict.column('job_id').doUpdateSet(content))
      .execute();
    await access(blobs.fileOf(digest));
    return known?.digest;
  });
  if (before !== undefined && before !== digest) await discardUnreferenced(store, blobs, [before]);
}

async function* limited(archive: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let sizeBytes = 0;
  for await (const piece of archive) {
    sizeBytes += piece.length;
    if (sizeBytes > mostKeptBytes) throw new SlipwayError('too-large');
    yield piece;
  }
}

async function assertHeld(store: Store, jobId: number, fence: number) {
  const row = await store
    .selectFrom('job')
    .select(['project', 'run_id', 'attempt', 'job_key'])
    .where(({ and }) => and({ id: jobId, fence, state: 'claimed' }))
    .executeTakeFirst();
  if (row === undefined) throw new FencedError(jobId);
  return row;
}
