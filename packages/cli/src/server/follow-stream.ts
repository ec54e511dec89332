import { type EventSourceMessage, EventSourceParserStream } from 'eventsource-parser/stream';
import { requestServer, ServerRefusal } from './call-server.ts';
import type { ServerAccess } from './server-access.ts';

export interface FollowingPatience {
  /** How long is waited before the stream is asked for again; default 1,000. */
  tryAgainMs?: number;
  /** A server that restarts is waited for: so many times in a row may nothing new come; default 60. */
  mostTries?: number;
}

/**
 * The messages of an event stream, up to `end`, which is the last one. Where a connection breaks, it is taken up after the last message
 * that came.
 * @param path below `/api/v1`
 * @throws ServerRefusal if the server refuses, or answers something else than events; if it can't be reached, or tells nothing new, for long
 */
export async function* followStream(
  access: ServerAccess,
  path: string,
  { tryAgainMs = 1_000, mostTries = 60 }: FollowingPatience = {},
): AsyncGenerator<EventSourceMessage, void> {
  let last: string | null = null;
  for (let tries = 1; ; tries += 1) {
    const before: string | null = last;
    let trouble: unknown = new ServerRefusal(`${access.url} stops telling of ${path} before the end`);
    try {
      for await (const message of await openStream(access, path, last)) {
        yield message;
        if (message.event === 'end') return;
        last = message.id ?? last;
      }
    } catch (error) {
      if (error instanceof ServerRefusal && !mayPass(error)) throw error;
      trouble = error;
    }
    if (last !== before) tries = 0;
    if (tries >= mostTries) throw trouble;
    await new Promise((resolve) => setTimeout(resolve, tryAgainMs));
  }
}

async function openStream(
  access: ServerAccess,
  path: string,
  last: string | null,
): Promise<AsyncIterable<EventSourceMessage>> {
  const headers = { accept: 'text/event-stream', ...(last !== null && { 'last-event-id': last }) };
  const { body, headers: told, status } = await requestServer(access, { path, headers });
  const type = told.get('content-type') ?? 'nothing';
  if (body !== null && /^text\/event-stream\b/i.test(type)) {
    return body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  }
  await body?.cancel();
  throw new ServerRefusal(`${access.url} answered ${type} and no events, so it can't be followed`, status);
}

/** That it can't be reached, is about to end, or that a proxy has nobody behind it. */
function mayPass({ status }: ServerRefusal): boolean {
  return status === null || status === 429 || (status >= 502 && status <= 504);
}
