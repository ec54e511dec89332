import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type FollowingPatience, followStream } from './follow-stream.ts';

let server: Server | undefined;
afterEach(() => server?.close());

/** Follows what the listener answers to the nth question, from 1. */
async function follow(
  answer: (times: number, ...call: Parameters<RequestListener>) => void,
  patience: FollowingPatience = {},
) {
  const asked: (string | undefined)[] = [];
  server = createServer((request, response) => {
    asked.push(request.headers['last-event-id'] as string | undefined);
    answer(asked.length, request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const access = { url: `http://127.0.0.1:${port}`, token: 't' };
  const ids: (string | undefined)[] = [];
  const error = await (async () => {
    const stream = followStream(access, '/it/events', { tryAgainMs: 1, mostTries: 4, ...patience });
    for await (const { event, id } of stream) if (event !== 'end') ids.push(id);
    return null;
  })().catch((thrown: Error) => thrown.message);
  return { asked, ids, error };
}

const events = { 'content-type': 'text/event-stream' };
const message = (id: number) => `id: ${id}\ndata: {}\n\n`;
const end = 'event: end\ndata: {}\n\n';

test('a stream that closes early goes on after the last message, as often as something new comes', async () => {
  const followed = await follow((times, _, response) => {
    response.writeHead(200, events).end(times <= 9 ? message(times) : end);
  });
  expect(followed).toEqual({
    asked: [undefined, '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    ids: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
    error: null,
  });
});

test.each([
  ['nothing', ''],
  ['the same again and again', message(1) + message(2)],
])('a stream that closes after %s, and never says that it has ended, is given up', async (_, text) => {
  const { asked, error } = await follow((_times, _request, response) => {
    response.writeHead(200, events).end(text);
  });
  expect(error).toMatch(/stops telling of \/it\/events before the end$/);
  expect(asked.length).toBeGreaterThanOrEqual(4);
  expect(asked.length).toBeLessThanOrEqual(5);
});

test('an answer that is no event stream is said at once', async () => {
  const { asked, error } = await follow((_times, _request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Welcome</p>');
  });
  expect(error).toMatch(/answered text\/html and no events, so it can't be followed$/);
  expect(asked).toHaveLength(1);
});

test('what may not be followed any more is said at once, and a server that restarts is waited for', async () => {
  const { asked, error } = await follow((times, _, response) => {
    if (times === 1) response.writeHead(200, events).end(message(1));
    else if (times <= 4) response.writeHead(503).end('{"error":{"code":"closing","message":"Later."}}');
    else response.writeHead(403).end('{"error":{"code":"forbidden","message":"You may not."}}');
  });
  expect(error).toBe('You may not. (forbidden)');
  expect(asked).toEqual([undefined, '1', '1', '1', '1']);
});
