import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { relayLoopback } from './loopback-relay.ts';

/** Answers what it got, twice. */
async function startDoubler(): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, async (socket) =>
    socket.end((await text(socket)).repeat(2)),
  );
  onTestFinished(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

test('what is sent to the relay gets to the port behind it, and the answer comes back whole', async () => {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const port = await relayLoopback({ address: '127.0.0.1', port: await startDoubler(), signal: stop.signal });
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  const sent = 'x'.repeat(1_000_000);
  socket.end(sent);
  expect((await text(socket)).length).toBe(2 * sent.length);
});

test('ending the relay breaks open connections and takes no more', async () => {
  const stop = new AbortController();
  const port = await relayLoopback({ address: '127.0.0.1', port: await startDoubler(), signal: stop.signal });
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => undefined).resume();
  await once(socket, 'connect');
  const closed = once(socket, 'close');
  stop.abort();
  await closed;
  const refused = connect({ host: '127.0.0.1', port });
  await expect(once(refused, 'connect')).rejects.toThrow(/ECONNREFUSED/);
});

test('an address that is not this machine’s is an error', async () => {
  const { signal } = new AbortController();
  await expect(relayLoopback({ address: '192.0.2.1', port: 1, signal })).rejects.toThrow(/EADDRNOTAVAIL/);
});
