import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { type HttpServer, startHttpServer } from './http-server.ts';
import { createShutdown } from './shutdown.ts';

const log = pino({ level: 'silent' });

/** A real server whose only answer waits until the test lets it go. */
async function slowServer(): Promise<{
  server: HttpServer;
  arrived: Promise<void>;
  answer: () => void;
  url: string;
}> {
  const arrived = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    async fetch() {
      arrived.resolve();
      await released.promise;
      return new Response('done');
    },
  });
  return {
    server,
    arrived: arrived.promise,
    answer: released.resolve,
    url: `http://127.0.0.1:${server.port}/`,
  };
}

test('a request in flight is finished, what it needs is released after it, and no new one is taken', async () => {
  const { server, arrived, answer, url } = await slowServer();
  let answeredBeforeRelease = false;
  let answered = false;
  const shutdown = createShutdown({
    server: () => server,
    async release() {
      answeredBeforeRelease = answered;
    },
    drainMs: 0,
    graceMs: 60_000,
    log,
  });
  const request = fetch(url).then((response) => response.text());
  await arrived;
  expect(shutdown.isDraining()).toBe(false);
  const ended = shutdown.begin('SIGTERM');
  expect(shutdown.isDraining()).toBe(true);
  await refused(server.port);
  answered = true;
  answer();
  expect(await request).toBe('done');
  await ended;
  expect(answeredBeforeRelease).toBe(true);
});

test('a request that does not end is cut after the grace period', async () => {
  const { server, arrived, url } = await slowServer();
  const outcome = fetch(url).then(
    () => 'answered',
    () => 'cut',
  );
  await arrived;
  expect(await server.close(10)).toBe(false);
  expect(await outcome).toBe('cut');
});

test('a second signal joins the shutdown that is under way', async () => {
  let releases = 0;
  const shutdown = createShutdown({
    server: () => undefined,
    release: async () => void releases++,
    drainMs: 0,
    graceMs: 0,
    log,
  });
  await Promise.all([shutdown.begin('SIGTERM'), shutdown.begin('SIGINT')]);
  expect(releases).toBe(1);
});

test('an address that is taken is an error of the start', async () => {
  const { server, answer } = await slowServer();
  answer();
  await expect(
    startHttpServer({ fetch: () => new Response(), host: '127.0.0.1', port: server.port }),
  ).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await server.close(0);
});

/** Resolves once nobody listens on the port any more. */
async function refused(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
    } catch {
      return;
    } finally {
      socket.destroy();
    }
    await nextTurn();
  }
}
