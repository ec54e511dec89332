import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';

export interface Message {
  event: string;
  data: string;
  /** Where a client that was interrupted goes on. */
  id?: string;
}

/** Proxies and clients take a silent connection for dead. */
const keepAliveMs = 15_000;

/** Answers with messages as they come, until they end, the client goes or the server is about to end. Bytes are messages that are encoded already. */
export function serverSentEvents(
  c: Context,
  closing: AbortSignal,
  messages: (signal: AbortSignal) => AsyncIterable<Message | Uint8Array>,
): Response {
  // A proxy that collects an answer before it passes it on would hold back what is live.
  c.header('x-accel-buffering', 'no');
  return streamSSE(c, async (stream) => {
    const gone = new AbortController();
    stream.onAbort(() => gone.abort());
    const keepAlive = setInterval(() => void stream.write(': still here\n\n').catch(() => {}), keepAliveMs);
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
