import { setTimeout as delay } from 'node:timers/promises';
import { SlipwayError } from '@slipway/contracts/errors';
import type { ClaimedJob, HeartbeatAnswer, RunnerGateway } from '@slipway/contracts/runner-protocol';
import { tryAgain } from './try-again.ts';

/** Also where the server answers at once, or not at all. */
const shortestBeatMs = 500;

interface Keeping {
  gateway: RunnerGateway;
  claim: Pick<ClaimedJob, 'jobId' | 'fence' | 'leaseMs'>;
  /** `reason`: why, for people. */
  onStop: (how: NonNullable<HeartbeatAnswer['stop']>, reason?: string) => void;
  /** The job is over. */
  signal: AbortSignal;
}

/**
 * The first heartbeat, which makes the claim count.
 * @returns false if the claim does not count any more
 */
export async function confirmClaim({ gateway, claim, onStop, signal }: Keeping): Promise<boolean> {
  const { jobId, fence } = claim;
  try {
    const beat = { fence, waitMs: 0, known: null };
    const { stop, reason } = await tryAgain(() => gateway.heartbeat(jobId, beat, signal), signal);
    if (stop !== null) onStop(stop, reason);
    return true;
  } catch (error) {
    if (error instanceof SlipwayError && error.code === 'fenced') return false;
    throw error;
  }
}

/**
 * Says that the job is alive, three times as often as it must, until it is over.
 * @throws SlipwayError `fenced`: the job is somebody else's
 */
export async function keepClaim({ gateway, claim, onStop, signal }: Keeping): Promise<void> {
  const { jobId, fence, leaseMs } = claim;
  const waitMs = Math.floor(leaseMs / 3);
  let known: HeartbeatAnswer['stop'] = null;
  while (!signal.aborted) {
    const askedAt = performance.now();
    try {
      const { stop, reason } = await gateway.heartbeat(jobId, { fence, waitMs, known }, signal);
      if (stop !== null && stop !== known) onStop(stop, reason);
      known = stop;
    } catch (error) {
      // A server that is away does not end the job: it goes on and catches up.
      if (error instanceof SlipwayError && error.code === 'fenced' && !signal.aborted) throw error;
    }
    const restMs = shortestBeatMs - (performance.now() - askedAt);
    if (restMs > 0) await delay(restMs, undefined, { signal, ref: false }).catch(() => {});
  }
}
