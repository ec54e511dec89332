import { SlipwayError } from '@slipway/contracts/errors';
import { hashOf, randomSecret } from '../access/secret-text.ts';
import type { Store } from '../store/open-store.ts';

const linkLifeMs = 24 * 60 * 60_000;

interface Clock {
  store: Store;
  now: number;
}

/** What a link is good for: to make the first admin, or to choose the password of a user. */
export type LinkPurpose = { kind: 'first-admin' } | { kind: 'choose-password'; user: string };

/** Makes a link that is good once, for a day. @returns the secret in it; only its hash is kept */
export async function createLink(
  { store, now }: Clock,
  purpose: LinkPurpose,
): Promise<{ secret: string; expiresAt: number }> {
  const secret = randomSecret();
  const expiresAt = now + linkLifeMs;
  const user_name = purpose.kind === 'choose-password' ? purpose.user : null;
  await store
    .insertInto('one_time_link')
    .values({
      hash: hashOf(secret),
      purpose: purpose.kind,
      user_name,
      created_at: now,
      expires_at: expiresAt,
    })
    .execute();
  return { secret, expiresAt };
}

/** Where a browser goes with it. */
export function linkUrl(publicUrl: string, secret: string): string {
  return `${publicUrl}/link/${secret}`;
}

/** What a link is good for, without using it. @throws SlipwayError `link-void` */
export async function readLink({ store, now }: Clock, secret: string): Promise<LinkPurpose> {
  const row = await store
    .selectFrom('one_time_link')
    .select(['purpose', 'user_name'])
    .where('hash', '=', hashOf(secret))
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return purposeOf(row);
}

/** Uses a link up; of two that use it at once, one gets it. @throws SlipwayError `link-void` */
export async function takeLink({ store, now }: Clock, secret: string): Promise<LinkPurpose> {
  const row = await store
    .updateTable('one_time_link')
    .set({ used_at: now })
    .where('hash', '=', hashOf(secret))
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning(['purpose', 'user_name'])
    .executeTakeFirst();
  const purpose = purposeOf(row);
  // The first admin is there: whatever links there are to become the first are void.
  if (purpose.kind === 'first-admin') {
    await store
      .updateTable('one_time_link')
      .set({ used_at: now })
      .where('purpose', '=', 'first-admin')
      .where('used_at', 'is', null)
      .execute();
  }
  return purpose;
}

function purposeOf(row: { purpose: string; user_name: string | null } | undefined): LinkPurpose {
  if (row?.purpose === 'first-admin') return { kind: 'first-admin' };
  if (row?.user_name == null) throw new SlipwayError('link-void');
  return { kind: 'choose-password', user: row.user_name };
}
