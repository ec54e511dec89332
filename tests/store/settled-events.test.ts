import type { Store } from '@slipway/server/store';
import { expect, test } from 'vitest';
import { followSettled, settledNow } from '../../packages/server/src/history/settled-events.ts';
import { withEachStore } from './each-store.ts';
import { storeKinds } from './stores.ts';

const ids = async (store: Store, until: number) =>
  (await store.selectFrom('run_event').select('id').where('id', '<=', until).orderBy('id').execute()).map(
    ({ id }) => id,
  );

async function write(store: Store): Promise<number> {
  // As a driver does: it holds its project's row before it numbers events.
  await store
    .insertInto('run_counter')
    .values({ project: `p${Math.random()}`, workflow_path: 'x', last: 1 })
    .execute();
  const values = { run_id: 1, attempt: 1, event: '{}' };
  const { id } = await store.insertInto('run_event').values(values).returning('id').executeTakeFirstOrThrow();
  return id;
}

withEachStore('events of runs', (under) => {
  test('are settled as soon as they are written where nobody else writes', async () => {
    const settled = followSettled(under.store);
    const first = await write(under.store);
    expect(await settled.look()).toEqual({ id: first, isBehind: false });
    const second = await write(under.store);
    expect(await settled.look()).toEqual({ id: second, isBehind: false });
    expect(await settledNow(under.store, new AbortController().signal)).toBe(second);
  });
});

test('on PostgreSQL one that is committed is not settled before those that were numbered before it', async (context) => {
  const [, postgres] = storeKinds;
  if (postgres.unavailable !== null) return context.skip(postgres.unavailable);
  const kind = await postgres.create();
  try {
    const store = await kind.open();
    const other = await kind.open();
    let now = 0;
    const settled = followSettled(store, () => now);
    const impatient = followSettled(store, () => now);
    const begun = Promise.withResolvers<number>();
    const end = Promise.withResolvers<void>();
    const slow = other.transaction().execute(async (transaction) => {
      begun.resolve(await write(transaction));
      await end.promise;
    });
    const first = await begun.promise;
    const second = await write(store);
    expect(second).toBeGreaterThan(first);
    // What is there by number alone would be 8 without 7.
    expect(await ids(store, second)).toEqual([second]);
    expect(await settled.look()).toEqual({ id: 0, isBehind: true });
    expect(await settled.look()).toEqual({ id: 0, isBehind: true });
    // A transaction that never ends holds nobody up for ever.
    await impatient.look();
    now = 20_000;
    expect(await impatient.look()).toMatchObject({ id: second });
    now = 0;
    end.resolve();
    await slow;
    const { id } = await settled.look();
    expect(id).toBe(second);
    expect(await ids(store, id)).toEqual([first, second]);
  } finally {
    await kind.close();
  }
});
