import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type StartedService, startService } from '../../fixtures/start-service.ts';
import { callDaemon } from '../daemon/control-client.ts';
import { socketPath } from '../daemon/socket-path.ts';
import { endDaemon } from '../supervisor/supervisor-client.ts';
import { createEdgeClient, type EdgeClient } from './edge-client.ts';
import type { EdgeSettings } from './edge-state.ts';

let folder: string;
let edge: EdgeClient;
let ports: { production: number; test: number; metrics: number };
let services: StartedService[];
const agent = new Agent({ keepAlive: true, maxSockets: 20 });

const settings: EdgeSettings = {
  production: { host: '127.0.0.1', port: 0 },
  test: { host: '127.0.0.1', port: 0 },
  metrics: { host: '127.0.0.1', port: 0 },
  testHeader: null,
  stickyCookie: null,
  answerTimeoutMs: 10_000,
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-edge-'));
  services = [];
  edge = open();
  ports = (await edge.putSettings(settings)).listens!;
});
afterEach(async () => {
  await endDaemon(join(folder, 'state'));
  await Promise.all(services.map((service) => service.stop()));
  rmSync(folder, { recursive: true, force: true });
});

function open(): EdgeClient {
  const args = [
    join(import.meta.dirname, '../../fixtures/daemon.mjs'),
    'edge',
    '--state',
    join(folder, 'state'),
  ];
  return createEdgeClient(join(folder, 'state'), { file: process.execPath, args });
}

async function place(
  name: string,
  env: Record<string, string> = {},
  instances = 1,
): Promise<StartedService[]> {
  const started = await Promise.all(
    Array.from({ length: instances }, () => startService({ REVISION: name, ...env })),
  );
  services.push(...started);
  await tell(name, started);
  return started;
}

async function tell(name: string, started: StartedService[]): Promise<void> {
  const addresses = started.map(({ port }) => ({ host: '127.0.0.1', port }));
  await edge.putRevision(name, {
    routes: [{ path: '/', instances: addresses, check: '/ready', checkEveryMs: 100 }],
  });
}

interface Answer {
  status: number;
  revision: string;
  body: string;
  cookies: string[];
  headers: Record<string, string | string[] | undefined>;
}

interface Ask {
  path?: string;
  method?: string;
  port?: number;
  headers?: Record<string, string>;
  body?: string;
}

function ask({
  path = '/',
  method = 'GET',
  port = ports.production,
  headers = {},
  body,
}: Ask = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => {
        const cookies = response.headers['set-cookie'] ?? [];
        const revision = String(response.headers['x-revision'] ?? '');
        resolve({
          status: response.statusCode ?? 0,
          revision,
          body: text,
          cookies,
          headers: response.headers,
        });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function count(requests: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let i = 0; i < requests; i++) {
    const { revision } = await ask();
    counts[revision] = (counts[revision] ?? 0) + 1;
  }
  return counts;
}

test('each revision gets exactly its share, evenly spread', async () => {
  await Promise.all([place('old'), place('new')]);
  await edge.putSplit({ old: 90, new: 10 });
  expect(await count(20)).toEqual({ old: 18, new: 2 });
  await edge.putSplit({ old: 67, new: 33 });
  expect(await count(100)).toEqual({ old: 67, new: 33 });
  await edge.putSplit({ new: 100 });
  expect(await count(10)).toEqual({ new: 10 });
});

test('no request is lost while weights change, instances come and go, and the one who tells is killed', async () => {
  await Promise.all([place('old', { SLOW_MS: '5' }), place('new', { SLOW_MS: '5' }, 2)]);
  await edge.putSplit({ old: 100 });
  let isOver = false;
  const statuses: number[] = [];
  const clients = Array.from({ length: 8 }, async () => {
    while (!isOver) statuses.push((await ask()).status);
  });
  for (let weight = 5; weight <= 100; weight += 5) {
    await edge.putSplit({ old: 100 - weight, new: weight });
    await vi.waitFor(() => expect(statuses.length).toBeGreaterThan(weight));
  }
  expect(await edge.drained('old', 10_000)).toBe(true);
  await edge.removeRevision('old');
  await services[0]!.stop();
  isOver = true;
  await Promise.all(clients);
  expect(statuses.length).toBeGreaterThan(100);
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
});

test('nothing serves until there is a share, and a revision with one is not removed', async () => {
  await place('old');
  expect((await ask()).status).toBe(503);
  await edge.putSplit({ old: 100 });
  expect((await ask()).status).toBe(200);
  await expect(edge.removeRevision('old')).rejects.toThrow(/has a share/);
  await expect(edge.putSplit({ old: 90 })).rejects.toThrow(/100 together/);
  await expect(edge.putSplit({ other: 100 })).rejects.toThrow(/no revision/);
});

test('test traffic goes to the revision under test, by its port and by its header, and to no other', async () => {
  await Promise.all([place('old'), place('new')]);
  await edge.putSettings({ ...settings, testHeader: { name: 'X-Test', value: 'secret' } });
  await edge.putSplit({ old: 100 });
  expect((await ask({ port: ports.test })).revision).toBe('old');
  await edge.putTest('new');
  expect((await ask({ port: ports.test })).revision).toBe('new');
  expect((await ask({ headers: { 'x-test': 'secret' } })).revision).toBe('new');
  expect((await ask({ headers: { 'x-test': 'guess' } })).revision).toBe('old');
  await services.at(-1)!.stop();
  await services.at(-2)!.stop();
  expect((await ask({ port: ports.test })).status).toBeGreaterThanOrEqual(502);
});

test('who has a revision keeps it where that is asked for, until it has no share', async () => {
  await Promise.all([place('old'), place('new')]);
  await edge.putSettings({ ...settings, stickyCookie: 'slipway' });
  await edge.putSplit({ old: 50, new: 50 });
  const first = await ask();
  const cookie = first.cookies[0]!.split(';')[0]!;
  for (let i = 0; i < 5; i++) {
    const next = await ask({ headers: { cookie } });
    expect(next).toMatchObject({ revision: first.revision, cookies: [] });
  }
  const other = first.revision === 'old' ? 'new' : 'old';
  await edge.putSplit({ [other]: 100 });
  expect((await ask({ headers: { cookie } })).revision).toBe(other);
});

test('what gets no connection is tried at another instance, unless it might be done twice', async () => {
  const [gone] = await place('old', {}, 2);
  await edge.putSplit({ old: 100 });
  await gone!.stop();
  const answers = [];
  for (let i = 0; i < 6; i++) answers.push((await ask()).status);
  expect(answers).toEqual([200, 200, 200, 200, 200, 200]);
  const posts = [];
  const { port, child } = services[1]!;
  child.kill('SIGKILL');
  for (let i = 0; i < 2; i++) posts.push((await ask({ method: 'POST', body: 'x' })).status);
  expect(port).toBeGreaterThan(0);
  for (const status of posts) expect(status).toBeGreaterThanOrEqual(502);
});

test('an instance that does not answer its checks is passed over until it does', async () => {
  const [unwell] = await place('old', {}, 2);
  await edge.putSplit({ old: 100 });
  unwell!.child.kill('SIGSTOP');
  try {
    await vi.waitFor(
      async () => {
        const { instances } = (await edge.report()).revisions.old!;
        expect(instances.filter(({ isUp }) => isUp)).toHaveLength(1);
      },
      { timeout: 20_000 },
    );
    expect(await count(4)).toEqual({ old: 4 });
  } finally {
    unwell!.child.kill('SIGCONT');
  }
  await vi.waitFor(
    async () => {
      const { instances } = (await edge.report()).revisions.old!;
      expect(instances.filter(({ isUp }) => isUp)).toHaveLength(2);
    },
    { timeout: 20_000 },
  );
});

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
  socket.write('GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
  await vi.waitFor(() => expect(seen).toMatch(/^HTTP\/1\.1 101/));
  socket.write('ping');
  await vi.waitFor(() => expect(seen).toMatch(/ping$/));
  expect((await edge.report()).revisions.old!.active).toBe(1);
  socket.destroy();
  expect(await edge.drained('old', 10_000)).toBe(true);
});

test('requests, errors and latencies are counted for each revision', async () => {
  await Promise.all([place('old'), place('new', { FAIL_SHARE: '0.5', SLOW_MS: '40' })]);
  await edge.putSplit({ old: 50, new: 50 });
  await count(20);
  const figures = await edge.figures(60_000);
  expect(figures.old).toMatchObject({ requests: 10, errors: 0 });
  expect(figures.new).toMatchObject({ requests: 10, errors: 5 });
  expect(figures.new!.p50).toBeGreaterThan(38);
  const metrics = (await ask({ port: ports.metrics, path: '/metrics' })).body;
  expect(metrics).toContain('slipway_edge_requests_total{revision="new",code="5xx"} 5');
  expect(metrics).toContain('slipway_edge_request_duration_seconds_count{revision="old"} 10');
  expect(metrics).toContain('slipway_edge_weight_percent{revision="new"} 50');
});

test('an edge that was killed is followed by one that listens where it did, and splits as it did', async () => {
  await Promise.all([place('old'), place('new')]);
  await edge.putSplit({ old: 80, new: 20 });
  process.kill(
    (await callDaemon(socketPath(join(folder, 'state')), { path: '/alive' })) as number,
    'SIGKILL',
  );
  edge = open();
  const report = await vi.waitFor(() => edge.report(), { timeout: 20_000 });
  expect(report.listens).toEqual(ports);
  expect(await count(10)).toEqual({ old: 8, new: 2 });
});
