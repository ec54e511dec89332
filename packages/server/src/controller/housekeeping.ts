import type { JobFinished } from '@slipway/contracts';
import type { JobRequest } from '@slipway/workflow';
import { endLostJobs } from '../queue/end-lost-jobs.ts';
import type { Store } from '../store/open-store.ts';

interface Clock {
  store: Store;
  now: number;
}

/** As on GitHub: a job that no runner takes for so long fails. */
const longestInQueueMs = 24 * 60 * 60_000;

/**
 * Ends jobs that nobody will end: of lost runners, and those that wait for ever. Any server may do it, several at once.
 *
 * Runners can't say that they live while no server hears them: `heardSince` is since when one could, and nobody is lost who has not
 * been silent for a whole lease since then.
 * @returns whether the result of a job is there to be looked at
 */
export async function tidyQueue(
  clock: Clock,
  { heardSince, leaseMs }: { heardSince: number; leaseMs: number },
): Promise<boolean> {
  const lost = clock.now - heardSince < leaseMs ? [] : await endLostJobs(clock, { isRetryable });
  return (await endExpiredJobs(clock)) || lost.length > 0;
}

async function endExpiredJobs({ store, now }: Clock): Promise<boolean> {
  const result: JobFinished = {
    kind: 'job.finished',
    at: now,
    conclusion: 'failure',
    outputs: {},
    reason: 'no runner took it within 24 hours',
  };
  const ended = await store
    .updateTable('job')
    .set({ state: 'finished', result: JSON.stringify(result), finished_at: now })
    .where('state', '=', 'queued')
    .where('queued_at', '<', now - longestInQueueMs)
    .returning('id')
    .execute();
  return ended.length > 0;
}

/**
 * Whether a job may begin again after its runner was lost in the middle of it: its own `env` says `SLIPWAY_RETRY_LOST: true`. It stands
 * in the file, where GitHub takes it for what it is: a variable.
 */
export function isRetryable({ job }: JobRequest): boolean {
  if (job.env?.kind !== 'mapping') return false;
  return job.env.entries.some(
    ({ key, value }) =>
      key.kind === 'literal' &&
      key.value === 'SLIPWAY_RETRY_LOST' &&
      value.kind === 'literal' &&
      String(value.value) === 'true',
  );
}
