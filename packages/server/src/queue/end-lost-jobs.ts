import type { JobFinished } from '@slipway/contracts';
import type { JobRequest } from '@slipway/workflow';
import type { Store } from '../store/open-store.ts';
import type { JobTable } from '../store/tables/job.ts';
import { held } from './job-queue.ts';

interface Clock {
  store: Store;
  now: number;
}

/**
 * Ends the jobs whose runner has been silent for longer than its lease: one that has not begun or is retryable goes back into the queue, any
 * other fails as lost.
 * @returns the ids of those that failed
 */
export async function endLostJobs(
  { store, now }: Clock,
  { isRetryable }: { isRetryable: (request: JobRequest) => boolean },
): Promise<number[]> {
  const lost = await store
    .selectFrom('job')
    .selectAll()
    .where('state', '=', 'claimed')
    .where('lease_ends_at', '<', now)
    .execute();
  const failed: number[] = [];
  for (const job of lost) {
    const requeue = job.stop === null && (job.confirmed_at === null || isRetryable(JSON.parse(job.request)));
    const ended = await store
      .updateTable('job')
      .where(held(job.id, job.fence))
      .where('lease_ends_at', '<', now)
      .set(
        requeue
          ? { state: 'queued', runner: null, claimed_at: null, lease_ends_at: null }
          : lostResult(job, now),
      )
      .returning('id')
      .executeTakeFirst();
    if (ended !== undefined && !requeue) failed.push(job.id);
  }
  return failed;
}

function lostResult(job: Pick<JobTable, 'runner' | 'fence' | 'stop'>, now: number) {
  const result: JobFinished = {
    kind: 'job.finished',
    at: now,
    conclusion: job.stop === null ? 'failure' : 'cancelled',
    outputs: {},
    reason: `the runner ${job.runner} was lost: it has not been heard of for longer than its lease`,
  };
  // The next fence: what the lost runner may still say does not count.
  return {
    state: 'finished' as const,
    result: JSON.stringify(result),
    finished_at: now,
    lease_ends_at: null,
    fence: job.fence + 1,
  };
}
