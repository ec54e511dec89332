import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Notices, NoticeTopic } from './notices.ts';

const channel = 'slipway';
const pauseMs = 1_000;

/**
 * Tells notices to all servers that share a PostgreSQL database, by LISTEN and NOTIFY. Nothing depends on it: while it is not connected, servers
 * find what is new when they look at the store.
 * @returns ends it
 */
export function shareNotices(
  notices: Notices,
  { url, onTrouble }: { url: string; onTrouble: (error: unknown) => void },
): () => Promise<void> {
  const self = randomUUID();
  const ended = new AbortController();
  const isEnded = aborted(ended.signal);
  const waiting = new Set<NoticeTopic>();
  let client: pg.Client | null = null;
  let sending = false;

  const send = async (): Promise<void> => {
    if (sending || client === null) return;
    sending = true;
    try {
      while (waiting.size > 0 && client !== null) {
        const topics = [...waiting];
        waiting.clear();
        const payload = topics.map((topic) => `${self} ${topic}`);
        await client.query('select pg_notify($1, payload) from unnest($2::text[]) as payload', [
          channel,
          payload,
        ]);
      }
    } finally {
      sending = false;
    }
  };
  const connected = async (): Promise<void> => {
    // It is silent for long: what is between takes such a connection away, and nobody says so.
    const connection = new pg.Client({ connectionString: url, keepAlive: true });
    const broken = new Promise<void>((resolve) => {
      connection.on('error', () => resolve());
      connection.on('end', () => resolve());
    });
    connection.on('notification', ({ payload = '' }) => {
      const space = payload.indexOf(' ');
      if (payload.slice(0, space) !== self) notices.receive(payload.slice(space + 1) as NoticeTopic);
    });
    try {
      // A database that does not answer must not keep anybody from ending.
      const isListening = await Promise.race([listen(connection), isEnded.then(() => false)]);
      if (!isListening) return;
      client = connection;
      void send().catch(() => {});
      await Promise.race([broken, isEnded]);
    } finally {
      client = null;
      void connection.end().catch(() => {});
    }
  };
  notices.forwardTo((topic) => {
    // Of a time without connection nobody is told: everyone looks at the store.
    if (client === null) return;
    waiting.add(topic);
    void send().catch(onTrouble);
  });
  const loop = (async () => {
    while (!ended.signal.aborted) {
      await connected().catch(onTrouble);
      await delay(pauseMs, undefined, { signal: ended.signal }).catch(() => {});
    }
  })();
  return async () => {
    ended.abort();
    notices.forwardTo(() => {});
    await loop;
  };
}

async function listen(connection: pg.Client): Promise<boolean> {
  await connection.connect();
  await connection.query(`listen ${channel}`);
  return true;
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
