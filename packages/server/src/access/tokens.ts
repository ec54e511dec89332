import { createHash, randomBytes } from 'node:crypto';
import { SlipwayError } from '@slipway/contracts/errors';
import type { Store } from '../store/open-store.ts';

const adminName = 'admin';

/**
 * The token that guards everything, made when a store has none; only its hash is kept.
 * @param given chosen by whoever sets the server up: it takes the place of the one there is
 * @returns the token, the only time that it can be shown; null if there was one or it was given
 */
export async function ensureAdminToken(
  { store, now }: { store: Store; now: number },
  given?: string,
): Promise<string | null> {
  const token = given ?? `slipway_${randomBytes(32).toString('base64url')}`;
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

/** Makes another admin token; the one before is not valid any more. */
export async function replaceAdminToken(clock: { store: Store; now: number }): Promise<string> {
  await clock.store.deleteFrom('token').where('name', '=', adminName).execute();
  const token = await ensureAdminToken(clock);
  if (token === null) throw new Error('another process made a token at the same moment');
  return token;
}

/**
 * Whose token it is. Tokens are long and random: a hash finds them, and tells nothing by the time that it takes.
 * @throws SlipwayError `unauthorized`
 */
export async function whoseToken(store: Store, token: string | undefined): Promise<string> {
  const row =
    token === undefined
      ? undefined
      : await store.selectFrom('token').select('name').where('hash', '=', hashOf(token)).executeTakeFirst();
  if (row === undefined) throw new SlipwayError('unauthorized');
  return row.name;
}

export async function isKnownToken(store: Store, token: string): Promise<boolean> {
  const row = await store
    .selectFrom('token')
    .select('name')
    .where('hash', '=', hashOf(token))
    .executeTakeFirst();
  return row !== undefined;
}

/** The token of an `Authorization: Bearer` header. */
export function bearerOf(authorization: string | undefined): string | undefined {
  return /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
}

/** Name and token of an `Authorization: Basic` header, as git sends it; the name says who acts. */
export function basicOf(authorization: string | undefined): { name: string; token: string } | null {
  const encoded = /^Basic (\S+)$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return null;
  const [, name = '', token = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  return { name, token };
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
