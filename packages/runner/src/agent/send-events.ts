import { SlipwayError } from '@slipway/contracts/errors';
import type { ClaimedJob, RunnerGateway } from '@slipway/contracts/runner-protocol';
import type { EventSpool } from './event-spool.ts';
import { tryAgain } from './try-again.ts';

interface Sending {
  gateway: RunnerGateway;
  claim: Pick<ClaimedJob, 'jobId' | 'fence'>;
  spool: EventSpool;
  /** The job was lost: nothing more is sent. */
  signal: AbortSignal;
}

const pieceBytes = 256 * 1024;

/** Sends the spool as it grows, until it is ended and the server has it all. A piece that is sent twice changes nothing. */
export async function sendEvents({ gateway, claim, spool, signal }: Sending, from = 0): Promise<void> {
  const { jobId, fence } = claim;
  for (let offset = from; ; ) {
    await spool.grown(offset);
    signal.throwIfAborted();
    const bytes = spool.read(offset, pieceBytes);
    if (bytes.length === 0 && spool.ended) return;
    const position = offset;
    const answer = await tryAgain(() => gateway.append(jobId, { fence, offset: position, bytes }), signal);
    // Less than was sent: another server, whose disk did not get the last piece.
    offset = Math.min(answer.offset, spool.size);
  }
}

/** Says how the job ended, when all of its stream has arrived. */
export async function sendResult(
  sending: Sending,
  result: Parameters<RunnerGateway['finish']>[1]['result'],
): Promise<void> {
  const { gateway, claim, spool, signal } = sending;
  for (;;) {
    try {
      const { fence, jobId } = claim;
      return await tryAgain(() => gateway.finish(jobId, { fence, streamBytes: spool.size, result }), signal);
    } catch (error) {
      if (!(error instanceof SlipwayError) || error.code !== 'incomplete') throw error;
      await sendEvents(sending);
    }
  }
}
