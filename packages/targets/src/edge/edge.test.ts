import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type EdgeFixture, edgeSettings, openEdgeFixture } from '../../fixtures/edge-fixture.ts';
import { callDaemon } from '../daemon/control-client.ts';
import { socketPath } from '../daemon/socket-path.ts';

const hour = 3_600_000;
let fixture: EdgeFixture;
let edge: EdgeFixture['edge'];
let ports: EdgeFixture['ports'];
const ask: EdgeFixture['ask'] = (asked) => fixture.ask(asked);
const place: EdgeFixture['place'] = (...args) => fixture.place(...args);
const count: EdgeFixture['count'] = (requests) => fixture.count(requests);
beforeEach(async () => {
  fixture = await openEdgeFixture();
  ({ edge, ports } = fixture);
});
afterEach(() => fixture.close());

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
  const [old] = await place('old', { SLOW_MS: '5' });
  await place('new', { SLOW_MS: '5' }, 2);
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
  await old!.stop();
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
  await place('old');
  const [young] = await place('new');
  await edge.putSettings({ ...edgeSettings, testHeader: { name: 'X-Test', value: 'secret' } });
  await edge.putSplit({ old: 100 });
  expect((await ask({ port: ports.test })).revision).toBe('old');
  await edge.putTest('new');
  expect((await ask({ port: ports.test })).revision).toBe('new');
  expect((await ask({ headers: { 'x-test': 'secret' } })).revision).toBe('new');
  expect((await ask({ headers: { 'x-test': 'guess' } })).revision).toBe('old');
  await young!.stop();
  expect((await ask({ port: ports.test })).status).toBeGreaterThanOrEqual(502);
});

test('an edge listens at another address of its port when it is told so, and where it did if it can not', async () => {
  await place('old');
  await edge.putSplit({ old: 100 });
  const { production } = ports;
  const everywhere = { ...edgeSettings, production: { host: '0.0.0.0', port: production } };
  expect((await edge.putSettings(everywhere)).listens?.production).toBe(production);
  expect((await ask({ isFirst: true })).status).toBe(200);
  const nowhere = { ...everywhere, production: { host: '192.0.2.1', port: production } };
  await expect(edge.putSettings(nowhere)).rejects.toThrow(/EADDRNOTAVAIL/);
  expect((await ask({ isFirst: true })).status).toBe(200);
});

test('who has a revision keeps it where that is asked for, until it has no share', async () => {
  await Promise.all([place('old'), place('new')]);
  await edge.putSettings({ ...edgeSettings, stickyCookie: 'slipway' });
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

test('who is to keep a revision does so though the revision sets cookies of its own', async () => {
  await Promise.all([place('old'), place('new')]);
  await edge.putSettings({ ...edgeSettings, stickyCookie: 'slipway' });
  await edge.putSplit({ old: 50, new: 50 });
  const { cookies, revision } = await ask({ path: '/sign-in' });
  expect(cookies.map((cookie) => cookie.split(';')[0])).toEqual([
    'session=1',
    'seen=1',
    `slipway=${revision}`,
  ]);
});

test('what gets no connection is tried at another instance, and refused where there is none', async () => {
  const [gone, last] = await place('old', {}, 2);
  await edge.putSplit({ old: 100 });
  await gone!.stop();
  const answers = [];
  for (let i = 0; i < 6; i++) answers.push((await ask()).status);
  expect(answers).toEqual([200, 200, 200, 200, 200, 200]);
  const posts = [];
  await last!.stop();
  for (let i = 0; i < 2; i++) posts.push((await ask({ method: 'POST', body: 'x' })).status);
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

test('requests that nobody can have count as errors of the revision whose turn it was, if it serves such', async () => {
  const [service] = await place('old');
  const routes = [
    {
      path: '/api',
      instances: [{ host: '127.0.0.1', port: service!.port }],
      check: null,
      checkEveryMs: hour,
    },
  ];
  await edge.putRevision('old', { routes });
  await edge.putSplit({ old: 100 });
  await service!.stop();
  for (let i = 0; i < 5; i++) expect((await ask({ path: '/api' })).status).toBeGreaterThanOrEqual(502);
  for (let i = 0; i < 3; i++) expect((await ask({ path: '/unknown' })).status).toBe(503);
  expect((await edge.figures(60_000)).old).toMatchObject({ requests: 5, errors: 5 });
});

test('an edge that was killed is followed by one that listens where it did, and splits as it did', async () => {
  await Promise.all([place('old'), place('new')]);
  await edge.putSplit({ old: 80, new: 20 });
  process.kill((await callDaemon(socketPath(fixture.state), { path: '/alive' })) as number, 'SIGKILL');
  const report = await vi.waitFor(() => edge.report(), { timeout: 20_000 });
  expect(report.listens).toEqual(ports);
  expect(await count(10)).toEqual({ old: 8, new: 2 });
});
