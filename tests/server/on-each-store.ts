import { createProject } from '@slipway/server/controller';
import { afterEach } from 'vitest';
import { type StoreUnderTest, withEachStore } from '../store/each-store.ts';
import { type InProcessOptions, type InProcessServer, inProcessServer } from './in-process-server.ts';
import { pushEvent } from './test-event.ts';

/** What the tests of one kind of store share. */
export interface StoreWorld extends Pick<StoreUnderTest, 'store'> {
  /** Closed when the test ends. */
  serve(options?: InProcessOptions): InProcessServer;
  /** A push that starts these workflows. @returns the ids of their runs */
  push(server: InProcessServer, files: Record<string, string>): Promise<number[]>;
  /** Of an event that was not there before. */
  deliveryId(): string;
}

/** Tests of runs in the project `octo/app`, on every kind of store. */
export function onEachStore(what: string, define: (world: StoreWorld) => void): void {
  withEachStore(what, (under) => {
    under.prepare((store) => createProject({ store, now: Date.now() }, { name: 'octo/app' }));
    let events = 0;
    const servers: InProcessServer[] = [];
    afterEach(async () => {
      await Promise.all(servers.splice(0).map((server) => server.close()));
    });
    const deliveryId = () => `push-${events++}`;
    define({
      get store() {
        return under.store;
      },
      serve(options) {
        const server = inProcessServer(under.store, options);
        servers.push(server);
        return server;
      },
      async push(server, files) {
        const acceptance = await server.accept(pushEvent(files, { deliveryId: deliveryId() }));
        if (acceptance.kind !== 'accepted') throw new Error(JSON.stringify(acceptance));
        return acceptance.runs.map(({ runId }) => runId);
      },
      deliveryId,
    });
  });
}
