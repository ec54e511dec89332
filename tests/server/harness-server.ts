import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { acceptEvent, createNotices, shareNotices, startController } from '@slipway/server/controller';
import { answerError, runnerRoutes } from '@slipway/server/http';
import { openJobStreams, storeGateway } from '@slipway/server/runners';
import { openStore, type StoreLocation } from '@slipway/server/store';
import { Hono } from 'hono';
import { oneTokenAccess } from './one-token-access.ts';
import { pushEvent } from './test-event.ts';

/** One server as a process of its own, for tests that kill it. Says on its standard output on which port it listens. */
export interface HarnessServerOptions {
  location: StoreLocation;
  directory: string;
  /** 0: any. */
  port: number;
  leaseMs: number;
  runnerLeaseMs: number;
}

process.stdin.resume().on('close', () => process.exit());
const options = JSON.parse(process.argv[2] ?? '') as HarnessServerOptions;
const { leaseMs, runnerLeaseMs, directory } = options;
const store = await openStore(options.location);
const notices = createNotices();
if (options.location.kind === 'postgres') {
  shareNotices(notices, { url: options.location.url, onTrouble: () => {} });
}
const now = Date.now;
const controller = startController({
  store,
  notices,
  owner: randomUUID(),
  now,
  leaseMs,
  runnerLeaseMs,
  tickMs: 250,
  onTrouble: (error) =>
    writeFileSync(path.join(directory, 'trouble.log'), `${String(error)}\n`, { flag: 'a' }),
});
const gateway = storeGateway({
  store,
  streams: openJobStreams(path.join(directory, 'streams')),
  now,
  leaseMs: runnerLeaseMs,
  equip: async ({ request }) => ({
    request,
    source: { kind: 'working-tree', directory },
    actionsRuntime: {},
  }),
  onProgress: controller.hear,
  jobsMayWait: (signal) => notices.next('queue', signal),
  jobMayStop: (jobId, signal) => notices.next(`stop:${jobId}`, signal),
});
const app = new Hono();
app.onError(answerError);
app.route('/runner/v1', runnerRoutes({ gateway, access: oneTokenAccess('runner-token') }));
app.post('/events', async (c) => {
  const { files, project, deliveryId } = await c.req.json();
  return c.json(await acceptEvent({ store, now: now(), notices }, pushEvent(files, { project, deliveryId })));
});
const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
server.listen(options.port, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
