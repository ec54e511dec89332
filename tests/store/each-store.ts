import type { Store, StoreLocation } from '@slipway/server/store';
import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { storeKinds, type TestStore } from './stores.ts';

/** Opened before the hooks and tests that are defined with it. */
export interface StoreUnderTest {
  readonly store: Store;
  readonly location: StoreLocation;
  /** A connection of its own, as another server would have. */
  open(): Promise<Store>;
  /** Done once, before all tests, where the store can be had. */
  prepare(work: (store: Store) => Promise<unknown>): void;
}

/** Tests that share a new store of each kind; of a kind that can't be had here they are skipped with the reason. */
export function withEachStore(what: string, define: (under: StoreUnderTest) => void): void {
  describe.each(storeKinds)(`${what} on $name`, { timeout: 180_000 }, ({ unavailable, create }) => {
    let kind: TestStore;
    let store: Store;
    const preparations: ((store: Store) => Promise<unknown>)[] = [];

    beforeAll(async () => {
      if (unavailable !== null) return;
      kind = await create();
      store = await kind.open();
      for (const work of preparations) await work(store);
    });
    beforeEach((context) => {
      if (unavailable !== null) context.skip(unavailable);
    });
    afterAll(() => kind?.close());

    define({
      get store() {
        return store;
      },
      get location() {
        return kind.location;
      },
      open: () => kind.open(),
      prepare: (work) => void preparations.push(work),
    });
  });
}
