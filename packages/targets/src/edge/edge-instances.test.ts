import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type EdgeFixture, openEdgeFixture } from '../../fixtures/edge-fixture.ts';
import type { StartedService } from '../../fixtures/start-service.ts';

let fixture: EdgeFixture;
let edge: EdgeFixture['edge'];
const ask: EdgeFixture['ask'] = (asked) => fixture.ask(asked);
const waiting = { timeout: 20_000, interval: 20 };
const hour = 3_600_000;
beforeEach(async () => {
  fixture = await openEdgeFixture();
  ({ edge } = fixture);
});
afterEach(() => fixture.close());

/** These instances and no others; the edge finds out by requests alone how they are. */
async function route(services: readonly StartedService[]): Promise<void> {
  const instances = services.map(({ port }) => ({ host: '127.0.0.1', port }));
  await edge.putRevision('r1', { routes: [{ path: '/', instances, check: null, checkEveryMs: hour }] });
}

async function serve(instances: number, env: Record<string, string> = {}): Promise<StartedService[]> {
  const services = await fixture.place('r1', env, instances);
  await route(services);
  await edge.putSplit({ r1: 100 });
  return services;
}

const activeOf = async () => (await edge.report()).revisions.r1!.instances.map(({ active }) => active);
const pidOf = ({ headers }: { headers: Record<string, unknown> }) => Number(headers['x-pid']);

test('a request goes to the instance with the fewest under way', async () => {
  await serve(2);
  const slow = ask({ path: '/slow?ms=4000' });
  await vi.waitFor(async () => expect((await activeOf()).toSorted()).toEqual([0, 1]), waiting);
  const pids = new Set<number>();
  for (let i = 0; i < 6; i++) pids.add(pidOf(await ask()));
  expect(pids.size).toBe(1);
  expect((await slow).status).toBe(200);
  for (let i = 0; i < 2; i++) pids.add(pidOf(await ask()));
  expect(pids.size).toBe(2);
});

test('requests that were under way at an instance that is killed are answered by another, and count as errors too', async () => {
  const [victim] = await serve(3, { SLOW_MS: '4000' });
  const asked = Array.from({ length: 6 }, () => ask());
  await vi.waitFor(async () => expect(await activeOf()).toEqual([2, 2, 2]), waiting);
  await victim!.stop();
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
  expect((await edge.figures(60_000)).r1).toMatchObject({ requests: 8, errors: 2 });
});

test('what might be done twice by that is not sent again', async () => {
  const [victim] = await serve(2, { SLOW_MS: '4000' });
  const asked = Array.from({ length: 4 }, () => ask({ method: 'POST', body: 'x' }));
  await vi.waitFor(async () => expect(await activeOf()).toEqual([2, 2]), waiting);
  await victim!.stop();
  expect((await Promise.all(asked)).map(({ status }) => status).toSorted()).toEqual([200, 200, 502, 502]);
});

test('a request that ends what it meets is sent once more, and does not go around', async () => {
  const services = await serve(3);
  expect((await ask({ path: '/crash' })).status).toBe(502);
  const ended = () => services.filter(({ child }) => child.exitCode === 7);
  await vi.waitFor(() => expect(ended()).toHaveLength(2), waiting);
  expect((await ask()).status).toBe(200);
  expect(ended()).toHaveLength(2);
});

test('what never reached an instance goes to another one with its body, whatever it is', async () => {
  const [gone] = await serve(2);
  await gone!.stop();
  const body = 'x'.repeat(300_000);
  for (let i = 0; i < 2; i++) {
    const { status, body: echoed } = await ask({ path: '/echo', method: 'POST', body });
    expect(status).toBe(200);
    expect(echoed).toBe(body);
  }
});

test('an instance that breaks every connection is asked how it is at once, and passed over', async () => {
  const services = await serve(2);
  const broken = createServer((socket) => socket.destroy());
  broken.listen(0, '127.0.0.1');
  await once(broken, 'listening');
  const ports = [...services.map(({ port }) => port), (broken.address() as AddressInfo).port];
  const instances = ports.map((port) => ({ host: '127.0.0.1', port }));
  await edge.putRevision('r1', { routes: [{ path: '/', instances, check: '/ready', checkEveryMs: hour }] });
  try {
    for (let i = 0; i < 3; i++) expect((await ask()).status).toBe(200);
    await vi.waitFor(async () => {
      const up = (await edge.report()).revisions.r1!.instances.filter(({ isUp }) => isUp);
      expect(up).toHaveLength(2);
    }, waiting);
    for (let i = 0; i < 6; i++) expect((await ask({ method: 'POST', body: 'x' })).status).toBe(200);
  } finally {
    broken.close();
  }
});

test('an instance that leaves is drained by itself, and nothing of the others is disturbed', async () => {
  const services = await serve(2);
  const slow = [ask({ path: '/slow?ms=4000' }), ask({ path: '/slow?ms=4000' })];
  await vi.waitFor(async () => expect(await activeOf()).toEqual([1, 1]), waiting);
  const [leaving, staying] = services;
  await route([staying!]);
  expect((await edge.report()).revisions.r1!.instances).toEqual([
    { address: `127.0.0.1:${staying!.port}`, isUp: true, isLeaving: false, active: 1 },
    { address: `127.0.0.1:${leaving!.port}`, isUp: false, isLeaving: true, active: 1 },
  ]);
  const address = `127.0.0.1:${leaving!.port}`;
  expect(await edge.drained('r1', 0, [address])).toBe(false);
  expect(await edge.drained('r1', 20_000, [address])).toBe(true);
  await leaving!.stop();
  expect((await Promise.all(slow)).map(({ body }) => body)).toEqual(['begun done', 'begun done']);
  expect((await edge.report()).revisions.r1!.instances).toHaveLength(1);
});
