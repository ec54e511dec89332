import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type EdgeFixture, openEdgeFixture } from '../../fixtures/edge-fixture.ts';

let fixture: EdgeFixture;
let edge: EdgeFixture['edge'];
let ports: EdgeFixture['ports'];
const ask: EdgeFixture['ask'] = (asked) => fixture.ask(asked);
const place: EdgeFixture['place'] = (...args) => fixture.place(...args);
beforeEach(async () => {
  fixture = await openEdgeFixture();
  ({ edge, ports } = fixture);
});
afterEach(() => fixture.close());

test('bodies and answers are streamed, with the client named, and the headers of the connection left out', async () => {
  await place('old');
  await edge.putSplit({ old: 100 });
  const body = 'x'.repeat(3_000_000);
  const echoed = await ask({
    path: '/echo',
    method: 'POST',
    body,
    headers: { 'X-Drop': '1', Connection: 'X-Drop' },
  });
  expect(echoed.body).toBe(body);
  expect(echoed.headers['x-for']).toBe('127.0.0.1');
  const pieces: string[] = [];
  await new Promise<void>((resolve, reject) => {
    httpRequest({ port: ports.production, path: '/slow?ms=300' }, (response) => {
      response.setEncoding('utf8').on('data', (piece) => pieces.push(piece));
      response.on('end', resolve);
    })
      .on('error', reject)
      .end();
  });
  expect(pieces).toEqual(['begun ', 'done']);
});

test('a connection that becomes another protocol goes through in both directions', async () => {
  await place('old');
  await edge.putSplit({ old: 100 });
  const socket = connect(ports.production, '127.0.0.1');
  let seen = '';
  socket.setEncoding('utf8').on('data', (text) => (seen += text));
  socket.write('GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  await vi.waitFor(() => expect(seen).toMatch(/^HTTP\/1\.1 101/));
  socket.write('ping');
  await vi.waitFor(() => expect(seen).toMatch(/ping$/));
  expect((await edge.report()).revisions.old!.active).toBe(1);
  socket.destroy();
  expect(await edge.drained('old', 10_000)).toBe(true);
});

test('a WebSocket is opened at another instance where one gives no connection', async () => {
  const services = await place('old', {}, 2);
  const instances = services.map(({ port }) => ({ host: '127.0.0.1', port }));
  await edge.putRevision('old', { routes: [{ path: '/', instances, check: null, checkEveryMs: 3_600_000 }] });
  await edge.putSplit({ old: 100 });
  await services[0]!.stop();
  for (let i = 0; i < 2; i++) {
    const socket = connect(ports.production, '127.0.0.1');
    let seen = '';
    socket.setEncoding('utf8').on('data', (text) => (seen += text));
    socket.write('GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await vi.waitFor(() => expect(seen).toMatch(/^HTTP\/1\.1 101/));
    socket.destroy();
  }
  await services[1]!.stop();
  const refused = connect(ports.production, '127.0.0.1');
  let answer = '';
  refused.setEncoding('utf8').on('data', (text) => (answer += text));
  refused.write('GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  await vi.waitFor(() => expect(answer).toMatch(/^HTTP\/1\.1 50[23]/));
});

test('what a client sends before its connection has become another protocol goes nowhere', async () => {
  await place('old');
  await edge.putSplit({ old: 100 });
  const socket = connect(ports.production, '127.0.0.1');
  let seen = '';
  socket.setEncoding('utf8').on('data', (text) => (seen += text));
  const past = 'GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 10.0.0.1\r\n\r\n';
  socket.write(`GET /no-ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n${past}`);
  socket.write(past);
  await vi.waitFor(() => expect(seen).toMatch(/\.$/), { timeout: 20_000 });
  expect(seen).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n.*heard: \.$/s);
});

test('a request that can not be passed on is the fault of who sent it, and of no revision', async () => {
  await place('old');
  await edge.putSplit({ old: 100 });
  const socket = connect(ports.production, '127.0.0.1');
  let seen = '';
  socket.setEncoding('utf8').on('data', (text) => (seen += text));
  socket.write('OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  await vi.waitFor(() => expect(seen).toMatch(/^HTTP\/1\.1 400 /), { timeout: 20_000 });
  await ask();
  expect((await edge.figures(60_000)).old).toMatchObject({ requests: 1, errors: 0 });
  expect((await edge.report()).revisions.old!.active).toBe(0);
});

test('only WebSockets become another protocol; a wish for HTTP/2 is answered as any request', async () => {
  await place('old');
  await edge.putSplit({ old: 100 });
  const answer = await ask({
    headers: { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABkAAQAAP__' },
  });
  expect(answer).toMatchObject({ status: 200, revision: 'old' });
});
