import type { BlobStore } from '../blobs/blob-store.ts';
import { defaultCacheLimits, evictCacheEntries } from '../caches/cache-service.ts';
import { tidyBundles } from '../delivery/bundle-retention.ts';
import { removedLog } from '../history/job-stream.ts';
import { removeKeptJobs } from '../kept-jobs/kept-jobs.ts';
import { bundleRulesOf } from '../projects/bundle-rules.ts';
import { listProjects } from '../projects/find-project.ts';
import type { JobStreams } from '../runners/job-streams.ts';
import type { Store } from '../store/open-store.ts';
import { overQuota } from './over-quota.ts';
import { readUsage } from './usage.ts';

interface Storage {
  store: Store;
  blobs: BlobStore;
  streams: JobStreams;
  now: () => number;
}

/** How long a failed job may be gone on from. */
export const keptJobMs = 7 * 24 * 60 * 60_000;

/**
 * Removes what projects have too much of: the oldest kept jobs and logs, the caches that were not used for longest, the bundles that no
 * environment needs. Artifacts over the quota stay: they are refused when they are made. Any server may do it, several at once.
 */
export async function enforceQuotas(storage: Storage): Promise<void> {
  const { store } = storage;
  await expireKeptJobs(storage);
  const usage = await readUsage(store);
  for (const project of await listProjects(store)) {
    const { name, settings } = project;
    const used = usage.get(name);
    if (used === undefined) continue;
    const { caches, keptJobs, logs } = settings.quotas;
    if (used.bundles > 0) await tidyBundles(storage, bundleRulesOf(project));
    const limits = { ...defaultCacheLimits, maxBytesPerRepository: caches };
    if (used.caches > 0) await evictCacheEntries(storage, { repository: name, limits });
    if (used.keptJobs > keptJobs) await shrinkKeptJobs(storage, name, keptJobs);
    if (used.logs > logs) await shrinkLogs(storage, name, logs);
  }
}

async function expireKeptJobs({ store, blobs, now }: Storage): Promise<void> {
  const old = await store
    .selectFrom('kept_job')
    .select('job_id')
    .where('created_at', '<', now() - keptJobMs)
    .execute();
  await removeKeptJobs(
    { store, blobs },
    old.map(({ job_id }) => job_id),
  );
}

async function shrinkKeptJobs({ store, blobs }: Storage, project: string, quotaBytes: number): Promise<void> {
  const kept = await store
    .selectFrom('kept_job')
    .select(['job_id', 'size'])
    .where('project', '=', project)
    .orderBy('created_at', 'desc')
    .orderBy('job_id', 'desc')
    .execute();
  const sizes = kept.map(({ job_id, size }) => ({ id: job_id, sizeBytes: Number(size) }));
  await removeKeptJobs({ store, blobs }, overQuota(sizes, quotaBytes));
}

/** Of jobs that have ended. That they ran, and how they ended, stays. */
async function shrinkLogs({ store, streams }: Storage, project: string, quotaBytes: number): Promise<void> {
  const jobs = await store
    .selectFrom('job')
    .select(['id', 'log_bytes'])
    .where('project', '=', project)
    .where('log_bytes', '>', 0)
    .orderBy('id', 'desc')
    .execute();
  const sizes = jobs.map(({ id, log_bytes }) => ({ id, sizeBytes: Number(log_bytes) }));
  for (const id of overQuota(sizes, quotaBytes)) {
    await streams.remove(id);
    await store.updateTable('job').set({ log_bytes: removedLog }).where('id', '=', id).execute();
  }
}
