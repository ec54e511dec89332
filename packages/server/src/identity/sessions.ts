import { createHmac, timingSafeEqual } from 'node:crypto';
import { hashOf, randomSecret } from '../access/secret-text.ts';
import type { Store } from '../store/open-store.ts';

/** A browser has to sign in again after so long. */
const sessionLifeMs = 7 * 24 * 60 * 60_000;

export interface Session {
  user: string;
  expiresAt: number;
}

/** @returns also the secret, for the cookie; only its hash is kept */
export async function createSession(
  { store, now }: { store: Store; now: number },
  user: string,
): Promise<Session & { secret: string }> {
  const secret = randomSecret();
  const expiresAt = now + sessionLifeMs;
  await store
    .insertInto('session')
    .values({ hash: hashOf(secret), user_name: user, created_at: now, expires_at: expiresAt })
    .execute();
  return { user, expiresAt, secret };
}

export async function findSession(
  { store, now }: { store: Store; now: number },
  secret: string,
): Promise<Session | null> {
  const row = await store
    .selectFrom('session')
    .select(['user_name as user', 'expires_at as expiresAt'])
    .where('hash', '=', hashOf(secret))
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row ?? null;
}

export async function endSession(store: Store, secret: string): Promise<void> {
  await store.deleteFrom('session').where('hash', '=', hashOf(secret)).execute();
}

/** Only pages of this server can read it, and no other site can guess it. */
export function csrfTokenOf(secret: string, key: Uint8Array): string {
  return createHmac('sha256', key).update(`csrf:${secret}`).digest('base64url');
}

export function isCsrfToken(given: string | undefined, secret: string, key: Uint8Array): boolean {
  const wanted = Buffer.from(csrfTokenOf(secret, key));
  const shown = Buffer.from(given ?? '');
  return shown.length === wanted.length && timingSafeEqual(shown, wanted);
}

/** Sessions and links whose time is over. */
export async function expireSessions({ store, now }: { store: Store; now: number }): Promise<void> {
  await store.deleteFrom('session').where('expires_at', '<=', now).execute();
  await store.deleteFrom('one_time_link').where('expires_at', '<=', now).execute();
}
