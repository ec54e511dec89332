import { forgetApprovals } from '../approvals/request-approval.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import { reportsOfEvent } from '../github/want-file-reports.ts';
import { removeKeptJobs } from '../kept-jobs/kept-jobs.ts';
import type { JobStreams } from '../runners/job-streams.ts';
import type { Store } from '../store/open-store.ts';

interface Clock {
  store: Store;
  streams: JobStreams;
  blobs: BlobStore;
  now: number;
}

const mostAtOnce = 100;

/**
 * Removes runs that have outlived the retention of their project, with their logs. Any server may do it, several at once.
 * @returns how many; as many as a look takes: there may be more
 */
export async function expireRuns({ store, streams, blobs, now }: Clock): Promise<number> {
  const expired = await store
    .selectFrom('run')
    .select(['id', 'event_id'])
    .where('expires_at', '<=', now)
    .where('status', '=', 'completed')
    .orderBy('expires_at')
    .limit(mostAtOnce)
    .execute();
  for (const { id: runId, event_id: eventId } of expired) {
    const jobs = await store.selectFrom('job').select('id').where('run_id', '=', String(runId)).execute();
    // Logs first: what a crash leaves is a run that is still to be removed, not a log that nobody knows.
    for (const { id } of jobs) await streams.remove(id);
    await removeKeptJobs(
      { store, blobs },
      jobs.map(({ id }) => id),
    );
    await store.transaction().execute((transaction) => removeRun(transaction, runId, eventId));
  }
  return expired.length;
}

async function removeRun(store: Store, runId: number, eventId: number): Promise<void> {
  await store.deleteFrom('job').where('run_id', '=', String(runId)).execute();
  await forgetApprovals(store, runId);
  for (const table of ['run_job', 'run_event', 'run_attempt', 'report', 'environment_job'] as const) {
    await store.deleteFrom(table).where('run_id', '=', runId).execute();
  }
  await store.deleteFrom('run').where('id', '=', runId).execute();
  const sibling = await store
    .selectFrom('run')
    .select('id')
    .where('event_id', '=', eventId)
    .executeTakeFirst();
  if (sibling !== undefined) return;
  await store.deleteFrom('report').where('run_id', '=', reportsOfEvent(eventId)).execute();
  await store.deleteFrom('event_plan').where('event_id', '=', eventId).execute();
  await store.deleteFrom('event').where('id', '=', eventId).execute();
}

/** How long events that started nothing and webhooks are remembered: GitHub sends a delivery again for three days. */
const rememberedMs = 30 * 24 * 60 * 60_000;

/** Forgets events that started nothing, and webhooks that were taken in long ago. */
export async function expireEvents({ store, now }: Pick<Clock, 'store' | 'now'>): Promise<void> {
  await store
    .deleteFrom('delivery')
    .where('next_at', 'is', null)
    .where('received_at', '<', now - rememberedMs)
    .execute();
  const forgotten = await store
    .deleteFrom('event')
    .where('received_at', '<', now - rememberedMs)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('run').select('run.id').whereRef('run.event_id', '=', 'event.id'))),
    )
    .returning('id')
    .execute();
  for (const { id } of forgotten) {
    await store.deleteFrom('report').where('run_id', '=', reportsOfEvent(id)).execute();
  }
}
