import type { Store } from '../store/open-store.ts';
import { hashOf, randomSecret } from './secret-text.ts';

/** Of the account that is there before there are users, and that no user can have. */
export const adminName = 'admin';

/**
 * The token that is there before there are users, made when a store has none; only its hash is kept.
 * @param given chosen by whoever sets the server up: it takes the place of the one there is
 * @returns the token, the only time that it can be shown; null if there was one or it was given
 */
export async function ensureAdminToken(
  { store, now }: { store: Store; now: number },
  given?: string,
): Promise<string | null> {
  const token = given ?? `slipway_${randomSecret()}`;
  const row = { name: adminName, hash: hashOf(token), created_at: now };
  const inserted = await store
    .insertInto('token')
    .values(row)
    .onConflict((conflict) =>
      given === undefined
        ? conflict.column('name').doNothing()
        : conflict.column('name').doUpdateSet({ hash: row.hash }),
    )
    .returning('name')
    .executeTakeFirst();
  return inserted === undefined || given !== undefined ? null : token;
}

/** Makes another admin token; the one before is not valid any more, nor are those of people that were made with it. */
export async function replaceAdminToken({ store, now }: { store: Store; now: number }): Promise<string> {
  const token = await store.transaction().execute(async (transaction) => {
    await transaction.deleteFrom('token').where('name', '=', adminName).execute();
    await transaction
      .updateTable('api_token')
      .set({ revoked_at: now })
      .where(({ and }) => and({ owner: adminName, kind: 'person' }))
      .where('revoked_at', 'is', null)
      .execute();
    return ensureAdminToken({ store: transaction, now });
  });
  if (token === null) throw new Error('another process made a token at the same moment');
  return token;
}

export async function isAdminToken(store: Store, token: string): Promise<boolean> {
  const row = await store
    .selectFrom('token')
    .select('name')
    .where('hash', '=', hashOf(token))
    .executeTakeFirst();
  return row !== undefined;
}
