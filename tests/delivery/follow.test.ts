import { connect, createServer } from 'node:net';
import type { DeploymentAnswer, DeploymentEventAnswer, ReleaseAnswer } from '@slipway/contracts/api/delivery';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Served, serveForTest } from '../server/served.ts';
import { runSlipway } from '../slipway-process.ts';
import { rememberingTarget } from './remembering-target.ts';

const config = `components:
  api: { role: service, options: { port: 8000 } }
environments:
  production: { target: process, strategy: { kind: blue-green, bake: 0s } }
`;
const root = '/projects/octo/app';
let served: Served;

beforeAll(async () => {
  served = await serveForTest({
    labels: [],
    delivery: {
      host: {
        command: (args) => ({ file: 'false', args }),
        openTarget: async () => rememberingTarget(),
        openMetrics: async () => ({ measure: async () => ({ kind: 'no-data' }) }),
      },
    },
  });
}, 120_000);
afterAll(() => served.close());

/** In front of the server: it breaks so many answers after their first bytes, as a server does that ends. */
async function breakingProxy(times: number, afterBytes: number) {
  const { port } = new URL(served.server.url);
  let broken = 0;
  const proxy = createServer((client) => {
    const server = connect(Number(port), '127.0.0.1');
    let sent = 0;
    client.pipe(server);
    server.on('data', (bytes) => {
      const isBroken = broken < times && sent + bytes.length > afterBytes;
      client.write(isBroken ? bytes.subarray(0, afterBytes - sent) : bytes);
      sent += bytes.length;
      if (!isBroken) return;
      broken += 1;
      client.destroySoon();
      server.destroy();
    });
    server.on('end', () => client.end());
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  const own = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${own}`, brokenTimes: () => broken, close: () => proxy.close() };
}

test('what is followed comes once and whole, though the connection breaks again and again', async () => {
  const clone = await served.project('octo/app', { 'slipway.yml': config });
  const commit = await clone.git('rev-parse', 'HEAD');
  await clone.git('push', '--quiet', 'origin', 'main');
  const release = await served.ask<ReleaseAnswer>('POST', `${root}/releases`, {
    commit: commit.trim(),
    components: { api: `registry.example/api@sha256:${'a'.repeat(64)}` },
  });
  expect(release.status, JSON.stringify(release.body)).toBe(201);
  const { body: deployment } = await served.ask<DeploymentAnswer>('POST', `${root}/deployments`, {
    environment: 'production',
    release: 'latest',
  });
  const proxy = await breakingProxy(3, 1_500);
  const args = ['deployments', String(deployment.id), '--follow', '--json', '--project', 'octo/app'];
  const { stdout, stderr, status } = await runSlipway(args, {
    cwd: served.data,
    env: { SLIPWAY_SERVER: proxy.url, SLIPWAY_TOKEN: served.token },
  });
  proxy.close();
  expect(status, stderr).toBe(0);
  const printed = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string; id: number });
  const { body } = await served.ask<{ events: DeploymentEventAnswer[] }>(
    'GET',
    `${root}/deployments/${deployment.id}/events`,
  );
  expect(proxy.brokenTimes()).toBe(3);
  expect(printed.filter(({ kind }) => kind === 'event').map(({ id }) => id)).toEqual(
    body.events.map(({ id }) => id),
  );
  expect(printed.at(-1)).toMatchObject({ kind: 'summary', state: 'completed' });
  const told = await runSlipway(
    args.filter((arg) => arg !== '--json'),
    {
      cwd: served.data,
      env: { NO_COLOR: '1', SLIPWAY_SERVER: served.server.url, SLIPWAY_TOKEN: served.token },
    },
  );
  const all = body.events.flatMap(({ lines }) => lines);
  expect(all.filter((line) => /^(?:Begun|Done): /.test(line)).length).toBeGreaterThan(5);
  const lines = told.stdout.trim().split('\n');
  // Each step once, and nothing of how it is done.
  expect(lines.slice(0, -1).map((line) => line.slice(16))).toEqual(
    all.filter((line) => !/^(?:Begun|Done): /.test(line)),
  );
}, 180_000);
