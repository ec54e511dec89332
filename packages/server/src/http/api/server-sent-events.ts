import { SlipwayError } from '@slipway/contracts/errors';
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Principal } from '../../access/principal.ts';
import type { ApiEnv } from './api-context.ts';

export interface Message {
  event: string;
  data: string;
  /** Where a client that was interrupted goes on. */
  id?: string;
}

/** Proxies and clients take a silent connection for dead; and who was let in may not be allowed any more. */
const keepAliveMs = 15_000;

export interface Following {
  /** Aborted: the server is about to end. */
  closing: AbortSignal;
  /** @throws SlipwayError if this one may not follow any more */
  permit: (principal: Principal) => Promise<void> | void;
}

/** Of the last message that a client which was interrupted has; null: it says of none. No message has a larger one. */
export function lastIdOf(c: Context<ApiEnv>): number | null {
  const said = c.req.header('last-event-id') ?? '';
  return /^\d{1,15}$/.test(said) ? Math.min(Number(said), 2 ** 31 - 1) : null;
}

/** Answers with messages as they come, until they end, the client goes or the server is about to end. Bytes are messages that are encoded already. */
export function serverSentEvents(
  c: Context<ApiEnv>,
  { closing, permit }: Following,
  messages: (signal: AbortSignal) => AsyncIterable<Message | Uint8Array>,
): Response {
  // A proxy that collects an answer before it passes it on would hold back what is live.
  c.header('x-accel-buffering', 'no');
  return streamSSE(c, async (stream) => {
    const gone = new AbortController();
    stream.onAbort(() => gone.abort());
    const keepAlive = setInterval(() => {
      void mayGoOn(c, permit).then((isAllowed) => {
        if (isAllowed) return stream.write(': still here\n\n').catch(() => {});
        gone.abort();
      });
    }, keepAliveMs);
    try {
      for await (const message of messages(AbortSignal.any([gone.signal, closing]))) {
        if (message instanceof Uint8Array) await stream.write(message);
        else await stream.writeSSE(message);
      }
    } finally {
      clearInterval(keepAlive);
    }
  });
}

/** A store that does not answer takes nothing from anybody. */
async function mayGoOn(c: Context<ApiEnv>, permit: Following['permit']): Promise<boolean> {
  try {
    await permit(await c.var.askAgain());
    return true;
  } catch (error) {
    return !(error instanceof SlipwayError);
  }
}
