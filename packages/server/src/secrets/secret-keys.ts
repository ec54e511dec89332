import { PostgresAdapter, sql } from 'kysely';
import type { Store } from '../store/open-store.ts';
import { type KeyRing, makeSecretKey } from './key-ring.ts';
import { open, type SecretKey, seal } from './sealed-value.ts';

interface Sealing {
  store: Store;
  ring: KeyRing;
  now: number;
}

/**
 * Sees to it that there is a key to seal with, and that what is sealed can be opened. A key that the operator gives anew takes over; what is
 * sealed with the one before is sealed anew by `resealSecrets`.
 * @throws Error that names a key which secrets are sealed with and which is not there
 */
export async function openSecretKeys({ store, ring, now }: Sealing): Promise<void> {
  await store.transaction().execute(async (transaction) => {
    await lockKeys(transaction);
    const current = await findCurrentKey(transaction);
    if (current === null || (ring.given !== null && ring.given.id !== current)) {
      const [first] = await ring.kept();
      await setCurrent({ store: transaction, ring, now }, ring.given ?? first ?? (await makeKept(ring, [])));
    } else await requireKey(ring, current);
    const used = await transaction.selectFrom('secret').select('key_id').distinct().execute();
    for (const { key_id } of used) await requireKey(ring, key_id);
  });
}

/** The key that is current as long as the transaction lasts: a rotation waits for it. */
export async function holdCurrentKey(transaction: Store, ring: KeyRing): Promise<SecretKey> {
  const current = transaction.selectFrom('secret_key').select('id').where('state', '=', 'current');
  const row = await (isPostgres(transaction) ? current.forShare() : current).executeTakeFirst();
  if (row === undefined) throw new Error('no key is there to seal secrets with');
  return requireKey(ring, row.id);
}

/** @throws Error that names the key */
export async function requireKey(ring: KeyRing, id: string): Promise<SecretKey> {
  const key = await ring.find(id);
  if (key !== null) return key;
  throw new Error(
    `secrets are sealed with the key ${id}, which is neither in ${ring.place} nor given (SLIPWAY_SECRET_KEY, --secret-key-file)`,
  );
}

/**
 * From now on secrets are sealed with another key: a new one, or the one that the operator gave. What is sealed already follows by
 * `resealSecrets`, now or after a crash.
 */
export async function changeCurrentKey({ store, ring, now }: Sealing): Promise<void> {
  if (ring.given !== null) return;
  await store.transaction().execute(async (transaction) => {
    await lockKeys(transaction);
    const ids = await knownIds(transaction);
    const others = (await ring.kept()).filter(({ id }) => ids.includes(id));
    await setCurrent({ store: transaction, ring, now }, await makeKept(ring, others));
  });
}

const rowsAtOnce = 100;

/** A backup that is being made may hold rows of before, and copies the keys after them. */
const retiredLifeMs = 24 * 60 * 60_000;

/**
 * Seals anew what is sealed with a retired key, and forgets keys that have been retired for a day and that nothing is sealed with. Safe to repeat, and while others read and write:
 * a row that was changed meanwhile is left to who changed it.
 * @returns how many were sealed anew
 */
export async function resealSecrets({ store, ring, now }: Sealing): Promise<number> {
  let resealed = 0;
  const retired = store.selectFrom('secret_key').select('id').where('state', '=', 'retired');
  if ((await retired.executeTakeFirst()) === undefined) return resealed;
  for (;;) {
    const current = await findCurrentKey(store);
    if (current === null) return resealed;
    const key = await requireKey(ring, current);
    const rows = await store
      .selectFrom('secret')
      .select(['scope', 'name', 'key_id', 'sealed'])
      .where('key_id', '!=', current)
      .limit(rowsAtOnce)
      .execute();
    if (rows.length === 0) break;
    for (const { scope, name, key_id, sealed } of rows) {
      const value = open(await requireKey(ring, key_id), { scope, name }, sealed);
      const changed = await store
        .updateTable('secret')
        .set({ key_id: key.id, sealed: seal(key, { scope, name }, value) })
        .where(({ and }) => and({ scope, name, sealed }))
        .returning('name')
        .executeTakeFirst();
      if (changed !== undefined) resealed += 1;
    }
  }
  await forgetUnused({ store, ring, now });
  return resealed;
}

export async function findCurrentKey(store: Store): Promise<string | null> {
  const row = await store
    .selectFrom('secret_key')
    .select('id')
    .where('state', '=', 'current')
    .executeTakeFirst();
  return row?.id ?? null;
}

async function forgetUnused({ store, ring, now }: Sealing): Promise<void> {
  const retiredBefore = now - retiredLifeMs;
  const old = store.selectFrom('secret_key').select('id').where('retired_at', '<', retiredBefore);
  if ((await old.executeTakeFirst()) === undefined) return;
  await store.transaction().execute(async (transaction) => {
    await lockKeys(transaction);
    await transaction
      .deleteFrom('secret_key')
      .where('retired_at', '<', retiredBefore)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(selectFrom('secret').select('secret.name').whereRef('secret.key_id', '=', 'secret_key.id')),
        ),
      )
      .execute();
    const ids = await knownIds(transaction);
    const kept = await ring.kept();
    const needed = kept.filter(({ id }) => ids.includes(id));
    if (needed.length < kept.length) await ring.keep(needed);
  });
}

/** First into the file: a key that the store names is there, whatever happens in between. */
async function makeKept(ring: KeyRing, others: readonly SecretKey[]): Promise<SecretKey> {
  const key = makeSecretKey();
  await ring.keep([key, ...others]);
  return key;
}

async function setCurrent({ store, now }: Sealing, { id }: SecretKey): Promise<void> {
  await store
    .updateTable('secret_key')
    .set({ state: 'retired', retired_at: now })
    .where('state', '=', 'current')
    .where('id', '!=', id)
    .execute();
  await store
    .insertInto('secret_key')
    .values({ id, state: 'current', created_at: now, retired_at: null })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ state: 'current', retired_at: null }))
    .execute();
}

async function knownIds(store: Store): Promise<string[]> {
  return (await store.selectFrom('secret_key').select('id').execute()).map(({ id }) => id);
}

/** One server at a time changes keys, and nobody who seals is in the middle of it. Transactions of SQLite are alone anyway. */
async function lockKeys(transaction: Store): Promise<void> {
  if (isPostgres(transaction)) await sql`lock table secret_key in exclusive mode`.execute(transaction);
}

function isPostgres(store: Store): boolean {
  return store.getExecutor().adapter instanceof PostgresAdapter;
}
