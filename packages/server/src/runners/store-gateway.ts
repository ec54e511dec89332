import { setTimeout as delay } from 'node:timers/promises';
import type { JobFinished } from '@slipway/contracts';
import type { ClaimedJob, RunnerGateway } from '@slipway/contracts/runner-protocol';
import type { JobRequest } from '@slipway/workflow';
import { type Claim, claimJob, FencedError, finishJob, renewLease } from '../queue/job-queue.ts';
import type { Store } from '../store/open-store.ts';
import type { JobStreams } from './job-streams.ts';

export interface GatewayOptions {
  store: Store;
  streams: JobStreams;
  now: () => number;
  /** A runner is lost when it is silent for longer; it says that it lives three times as often. */
  leaseMs: number;
  /** What a claimed job gets besides what the queue holds: secrets, where its code is, tokens. */
  equip(claim: Claim): Promise<Pick<ClaimedJob<JobRequest>, 'request' | 'source' | 'actionsRuntime'>>;
  /** A job was claimed or ended; who drives its run may want to know at once. */
  onProgress?: (job: { jobId: number; project: string }) => void;
  /** Resolves when a job may have come up; without it the queue is looked at every second. */
  jobsMayWait?: (signal: AbortSignal) => Promise<void>;
}

/** Not all of the job's stream has arrived; the runner goes on from `offset`. */
export class IncompleteStreamError extends Error {
  override readonly name = 'IncompleteStreamError';
  readonly offset: number;

  constructor(offset: number) {
    super(`the stream is ${offset} bytes long so far`);
    this.offset = offset;
  }
}

const pollMs = 1_000;

/** The server's side of the runner protocol, on the store and the stream files. */
export function storeGateway(options: GatewayOptions): RunnerGateway<JobRequest> {
  const { store, streams, now, leaseMs, equip, onProgress = () => {} } = options;
  return {
    async claim({ runner, labels, waitMs }, signal) {
      const until = now() + waitMs;
      for (;;) {
        const claim = await claimJob({ store, now: now() }, { runner, labels, leaseMs });
        if (claim !== null) {
          onProgress(claim);
          const { jobId, fence, project } = claim;
          return { jobId, fence, project, leaseMs, ...(await equip(claim)) };
        }
        if (now() >= until || signal.aborted) return null;
        await nextChance(options, signal, Math.min(pollMs, until - now()));
      }
    },

    async heartbeat(jobId, { fence }) {
      const { stop } = await renewLease({ store, now: now() }, { jobId, fence, leaseMs });
      return { stop };
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
        { jobId, fence, result: result as JobFinished },
      );
      onProgress({ jobId, project });
    },
  };
}

async function nextChance(
  { jobsMayWait }: GatewayOptions,
  signal: AbortSignal,
  waitMs: number,
): Promise<void> {
  const waiting = AbortSignal.any([signal, AbortSignal.timeout(Math.max(1, waitMs))]);
  const tick = delay(waitMs, undefined, { signal: waiting }).catch(() => {});
  await (jobsMayWait === undefined ? tick : Promise.race([tick, jobsMayWait(waiting)]));
}

async function assertHeld(store: Store, jobId: number, fence: number): Promise<void> {
  const row = await store
    .selectFrom('job')
    .select('id')
    .where(({ and }) => and({ id: jobId, fence, state: 'claimed' }))
    .executeTakeFirst();
  if (row === undefined) throw new FencedError(jobId);
}
