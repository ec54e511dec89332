import { setTimeout as delay } from 'node:timers/promises';
import { PostgresAdapter, sql } from 'kysely';
import type { Store } from '../store/open-store.ts';

/**
 * Up to where events of runs are all there. PostgreSQL numbers them before they are committed: whoever sees 8 may be shown 7 later. Within a
 * project that can't be, since its driver writes under the lock of the project's row; between projects it can.
 */
export interface SettledEvents {
  look(): Promise<Settled>;
}

export interface Settled {
  /** At or below it no event appears any more. */
  id: number;
  /** There are events above it which are not settled yet: it is worth looking again soon. */
  isBehind: boolean;
}

interface Mark {
  newest: number;
  /** No transaction that began before this one runs any more. */
  oldest: bigint;
  /** Every transaction that has taken a number up to `newest` began before this one. */
  own: bigint;
}

/** Drivers write in an instant; a transaction of somebody else that takes longer, in whichever database, must not hold everybody up. */
const longestWriteMs = 15_000;

/** @param now monotonic, milliseconds */
export function followSettled(store: Store, now = () => performance.now()): SettledEvents {
  let id = 0;
  let mark: (Mark & { at: number }) | null = null;
  return {
    async look() {
      const newest = await readNewest(store);
      if (newest <= id) return { id, isBehind: false };
      const found = await readMark(store, newest);
      mark ??= { ...found, at: now() };
      if (found.oldest < mark.own && now() - mark.at < longestWriteMs) return { id, isBehind: true };
      id = mark.newest;
      mark = null;
      return { id, isBehind: newest > id };
    },
  };
}

const lookAgainMs = 20;

/** Waits until all are settled that there are now. @returns the last one; 0: there are none */
export async function settledNow(store: Store, signal: AbortSignal): Promise<number> {
  const settled = followSettled(store);
  const newest = await readNewest(store);
  for (;;) {
    const { id } = await settled.look();
    if (id >= newest || signal.aborted) return id;
    await delay(lookAgainMs, undefined, { signal }).catch(() => {});
  }
}

async function readNewest(store: Store): Promise<number> {
  const row = await store
    .selectFrom('run_event')
    .select(({ fn }) => fn.max('id').as('id'))
    .executeTakeFirst();
  return row?.id ?? 0;
}

/** Writers have the number of their transaction before they take one of an event: they write the project's row first. */
async function readMark(store: Store, newest: number): Promise<Mark> {
  // One transaction writes at a time.
  if (!(store.getExecutor().adapter instanceof PostgresAdapter)) return { newest, oldest: 0n, own: 0n };
  const { rows } = await sql<{ oldest: string; own: string }>`
    select pg_snapshot_xmin(pg_current_snapshot())::text as oldest, pg_current_xact_id()::text as own`.execute(
    store,
  );
  const [{ oldest, own } = { oldest: '0', own: '0' }] = rows;
  return { newest, oldest: BigInt(oldest), own: BigInt(own) };
}
