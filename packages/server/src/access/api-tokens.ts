import type { TokenAnswer } from '@slipway/contracts/api/identity';
import { SlipwayError } from '@slipway/contracts/errors';
import type { Selectable } from 'kysely';
import type { Store } from '../store/open-store.ts';
import type { ApiTokenTable } from '../store/tables/identity.ts';
import type { Permission } from './permission.ts';
import { hashOf, randomSecret } from './secret-text.ts';

interface Clock {
  store: Store;
  now: number;
}

export interface NewToken {
  kind: 'person' | 'runner';
  name: string;
  owner: string;
  scopes: readonly Permission[] | null;
  /** `owner/name`; null: of all that the owner has a part in. */
  project: string | null;
  expiresAt: number | null;
}

/**
 * Makes a token; only its hash is kept.
 * @returns also the token itself, the only time that it can be shown
 * @throws SlipwayError `token-exists` if one that is still good has the same name
 */
export async function makeToken(
  { store, now }: Clock,
  { scopes, expiresAt, project, ...given }: NewToken,
): Promise<TokenAnswer & { token: string }> {
  const token = `slipway_${given.kind === 'runner' ? 'runner_' : ''}${randomSecret()}`;
  const row = await store.transaction().execute(async (transaction) => {
    const same = await livingTokens({ store: transaction, now })
      .where(({ and, eb }) => and([eb('kind', '=', given.kind), eb('name', '=', given.name)]))
      .$if(given.kind === 'person', (query) => query.where('owner', '=', given.owner))
      .executeTakeFirst();
    if (same !== undefined) throw new SlipwayError('token-exists', { field: 'name' });
    return transaction
      .insertInto('api_token')
      .values({
        ...given,
        hash: hashOf(token),
        scopes: scopes === null ? null : JSON.stringify(scopes),
        project: project?.toLowerCase() ?? null,
        created_at: now,
        expires_at: expiresAt,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
  });
  return { ...tokenAnswer(row), token };
}

const noteUseEveryMs = 60_000;

/** The token if it is good: neither expired nor revoked. Notes that it was used. */
export async function findToken(clock: Clock, token: string): Promise<TokenAnswer | null> {
  const row = await livingTokens(clock).where('hash', '=', hashOf(token)).executeTakeFirst();
  if (row === undefined) return null;
  const { store, now } = clock;
  if (now - (row.last_used_at ?? 0) >= noteUseEveryMs) {
    await store.updateTable('api_token').set({ last_used_at: now }).where('id', '=', row.id).execute();
  }
  return tokenAnswer(row);
}

/** Those that were made, of one owner or all, the newest first, whether they are good or not. */
export async function listTokens(store: Store, owner?: string): Promise<TokenAnswer[]> {
  const rows = await store
    .selectFrom('api_token')
    .selectAll()
    .$if(owner !== undefined, (query) => query.where('owner', '=', owner ?? ''))
    .orderBy('id', 'desc')
    .execute();
  return rows.map(tokenAnswer);
}

/** @throws SlipwayError `unknown-token` */
export async function readToken(store: Store, id: number): Promise<TokenAnswer> {
  const row = await store.selectFrom('api_token').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new SlipwayError('unknown-token');
  return tokenAnswer(row);
}

/** It is not good any more; again changes nothing. */
export async function revokeToken({ store, now }: Clock, id: number): Promise<void> {
  await store
    .updateTable('api_token')
    .set({ revoked_at: now })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .execute();
}

function livingTokens({ store, now }: Clock) {
  return store
    .selectFrom('api_token')
    .selectAll()
    .where('revoked_at', 'is', null)
    .where(({ or, eb }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]));
}

function tokenAnswer(row: Selectable<ApiTokenTable>): TokenAnswer {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    owner: row.owner,
    scopes: row.scopes === null ? null : (JSON.parse(row.scopes) as Permission[]),
    project: row.project,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    lastUsedAt: row.last_used_at,
  };
}
