import { setTimeout as delay } from 'node:timers/promises';
import type { JobFinished } from '@slipway/contracts';
import { SlipwayError } from '@slipway/contracts/errors';
import type { ClaimedJob, RunnerGateway } from '@slipway/contracts/runner-protocol';
import type { JobRequest } from '@slipway/workflow';
import type { KeptJobs } from '../kept-jobs/kept-jobs.ts';
import { type Claim, claimJob, FencedError, finishJob, renewLease, returnJob } from '../queue/job-queue.ts';
import type { Store } from '../store/open-store.ts';
import type { JobTable } from '../store/tables/job.ts';
import type { JobStreams } from './job-streams.ts';
import { seeRunner } from './see-runner.ts';

export interface GatewayOptions {
  store: Store;
  streams: JobStreams;
  now: () => number;
  /** A runner is lost when it is silent for longer; it says that it lives three times as often. */
  leaseMs: number;
  /** What a claimed job gets besides what the queue holds: secrets, where its code is, tokens. */
  equip(claim: Claim): Promise<Omit<ClaimedJob<JobRequest>, 'jobId' | 'fence' | 'project' | 'leaseMs'>>;
  /** Default: no job is kept. */
  keptJobs?: KeptJobs;
  /** A job was claimed or ended; who drives its run may want to know at once. */
  onProgress?: (job: { jobId: number; project: string }) => void;
  /** Resolves when a job may have come up; without it the queue is looked at every second. */
  jobsMayWait?: (signal: AbortSignal) => Promise<void>;
  /** The same for the end of a job that somebody asks for. */
  jobMayStop?: (jobId: number, signal: AbortSignal) => Promise<void>;
}

/** Not all of the job's stream has arrived; the answer to an empty piece says from where to go on. */
export class IncompleteStreamError extends SlipwayError {
  override readonly name = 'IncompleteStreamError';

  constructor(offset: number) {
    super('incomplete', { message: `the stream is ${offset} bytes long so far` });
  }
}

const pollMs = 1_000;

/** The server's side of the runner protocol, on the store and the stream files. */
export function storeGateway(options: GatewayOptions): RunnerGateway<JobRequest> {
  const { store, streams, now, leaseMs, equip, keptJobs, jobsMayWait, onProgress = () => {} } = options;
  return {
    async claim({ runner, labels, waitMs }, signal) {
      const until = now() + waitMs;
      await seeRunner({ store, now: now() }, { name: runner, labels });
      for (;;) {
        const claim = await claimJob({ store, now: now() }, { runner, labels, leaseMs });
        if (claim !== null) {
          const equipped = await equip(claim);
          // Whoever asked has gone: there is no need to wait until its lease has run out.
          if (signal.aborted) {
            await returnJob({ store }, claim);
            return null;
          }
          onProgress(claim);
          const { jobId, fence, project } = claim;
          return { jobId, fence, project, leaseMs, ...equipped };
        }
        if (now() >= until || signal.aborted) return null;
        await nextChance(jobsMayWait, signal, Math.min(pollMs, until - now()));
      }
    },

    async heartbeat(jobId, { fence, waitMs, known }, signal = new AbortController().signal) {
      const until = now() + waitMs;
      let asked: Pick<JobTable, 'stop'> & { reason: string | null } = await renewLease(
        { store, now: now() },
        { jobId, fence, leaseMs },
      );
      while (asked.stop === known && now() < until && !signal.aborted) {
        const { jobMayStop } = options;
        await nextChance(jobMayStop?.bind(null, jobId), signal, Math.min(pollMs, until - now()));
        asked = await readStop(store, jobId, fence);
      }
      const { stop, reason } = asked;
      return { stop, ...(reason !== null && { reason }) };
    },

    async append(jobId, { fence, offset, bytes }) {
      await assertHeld(store, jobId, fence);
      const size = await streams.append({ jobId, fence }, { offset, bytes });
      return { offset: size };
    },

    async finish(jobId, { fence, streamBytes, result }) {
      const size = await streams.size({ jobId, fence });
      if (size < streamBytes) throw new IncompleteStreamError(size);
      await streams.sync({ jobId, fence });
      const { project } = await finishJob(
        { store, now: now() },
        { jobId, fence, result: result as JobFinished, logBytes: streamBytes },
      );
      onProgress({ jobId, project });
    },

    async keep(jobId, upload) {
      if (keptJobs === undefined) throw new SlipwayError('not-kept');
      await keptJobs.take(jobId, upload);
    },

    async fetchKept(jobId, { fence }) {
      if (keptJobs === undefined) throw new SlipwayError('not-kept');
      return keptJobs.open(jobId, fence);
    },
  };
}

async function nextChance(
  chance: ((signal: AbortSignal) => Promise<void>) | undefined,
  signal: AbortSignal,
  waitMs: number,
): Promise<void> {
  const waiting = AbortSignal.any([signal, AbortSignal.timeout(Math.max(1, waitMs))]);
  const tick = delay(waitMs, undefined, { signal: waiting }).catch(() => {});
  await (chance === undefined ? tick : Promise.race([tick, chance(waiting)]));
}

/** @throws FencedError */
async function readStop(
  store: Store,
  jobId: number,
  fence: number,
): Promise<{ stop: JobTable['stop']; reason: string | null }> {
  const row = await store
    .selectFrom('job')
    .select(['stop', 'stop_reason'])
    .where(({ and }) => and({ id: jobId, fence, state: 'claimed' }))
    .executeTakeFirst();
  if (row === undefined) throw new FencedError(jobId);
  return { stop: row.stop, reason: row.stop_reason };
}

async function assertHeld(store: Store, jobId: number, fence: number): Promise<void> {
  const row = await store
    .selectFrom('job')
    .select('id')
    .where(({ and }) => and({ id: jobId, fence, state: 'claimed' }))
    .executeTakeFirst();
  if (row === undefined) throw new FencedError(jobId);
}
