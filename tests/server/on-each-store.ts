import { createProject } from '@slipway/server/controller';
import type { Store } from '@slipway/server/store';
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest';
import { storeKinds, type TestStore } from '../store/stores.ts';
import { type InProcessOptions, type InProcessServer, inProcessServer } from './in-process-server.ts';
import { pushEvent } from './test-event.ts';

/** What the tests of one kind of store share. */
export interface StoreWorld {
  readonly store: Store;
  /** Closed when the test ends. */
  serve(options?: InProcessOptions): InProcessServer;
  /** A push that starts these workflows. @returns the ids of their runs */
  push(server: InProcessServer, files: Record<string, string>): Promise<number[]>;
  /** Of an event that was not there before. */
  deliveryId(): string;
}

/** Tests of runs in the project `octo/app`, on every kind of store. */
export function onEachStore(what: string, define: (world: StoreWorld) => void): void {
  describe.each(storeKinds)(`${what} on $name`, ({ unavailable, create }) => {
    let kind: TestStore;
    let store: Store;
    let events = 0;
    const servers: InProcessServer[] = [];

    beforeAll(async () => {
      if (unavailable !== null) return;
      kind = await create();
      store = await kind.open();
      await createProject({ store, now: Date.now() }, { name: 'octo/app' });
    });
    beforeEach((context) => {
      if (unavailable !== null) context.skip(unavailable);
    });
    afterEach(async () => {
      await Promise.all(servers.splice(0).map((server) => server.close()));
    });
    afterAll(() => kind?.close());

    const deliveryId = () => `push-${events++}`;
    define({
      get store() {
        return store;
      },
      serve(options) {
        const server = inProcessServer(store, options);
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
