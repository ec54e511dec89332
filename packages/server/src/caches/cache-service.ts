import { access } from 'node:fs/promises';
import type { Selectable } from 'kysely';
import type { BlobStore } from '../blobs/blob-store.ts';
import { discardUnreferenced } from '../blobs/discard-unreferenced.ts';
import type { JobScope } from '../results/job-scope.ts';
import { ResultsError } from '../results/results-error.ts';
import type { Store } from '../store/open-store.ts';
import type { CacheEntryTable } from '../store/schema.ts';

export interface CacheEntry {
  id: number;
  repository: string;
  scope: string;
  key: string;
  version: string;
  digest: string;
  sizeBytes: number;
  createdAt: number;
  usedAt: number;
}

export interface CacheLimits {
  /** What a repository may keep; the least recently used go first. GitHub's is 10 GB. */
  maxBytesPerRepository: number;
  /** Entries that nobody has used for so long go. GitHub's is 7 days. */
  maxUnusedMs: number;
}

export const defaultCacheLimits: CacheLimits = {
  maxBytesPerRepository: 10 * 1024 ** 3,
  maxUnusedMs: 7 * 24 * 60 * 60 * 1000,
};

interface Context {
  store: Store;
  blobs: BlobStore;
  now: () => number;
}

/**
 * The entry that a job gets: in each readable ref, nearest first, the one whose key is `keys[0]`, else the newest whose key starts
 * with one of the keys, in their order.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/dependency-caching#cache-key-matching
 */
export async function findCacheEntry(
  { store, now }: Context,
  { scope, keys, version }: { scope: JobScope; keys: readonly string[]; version: string },
): Promise<CacheEntry | null> {
  assertKeys(keys);
  if (scope.cacheMode === 'none' || scope.cacheMode === 'write-only') return null;
  for (const ref of new Set([scope.ref, ...scope.readableRefs])) {
    const entries = await store
      .selectFrom('cache_entry')
      .selectAll()
      .where('repository', '=', scope.repository)
      .where('scope', '=', ref)
      .where('version', '=', version)
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .execute();
    const match =
      entries.find(({ key }) => key === keys[0]) ??
      keys.map((prefix) => entries.find(({ key }) => key.startsWith(prefix))).find(Boolean);
    if (match === undefined) continue;
    await store.updateTable('cache_entry').set({ used_at: now() }).where('id', '=', match.id).execute();
    return fromRow({ ...match, used_at: now() });
  }
  return null;
}

/**
 * Whether the job may begin to save under this key; an entry is never changed.
 * @throws ResultsError invalid_argument, permission_denied, already_exists
 */
export async function assertCacheCanBeSaved(
  { store }: Context,
  { scope, key, version }: { scope: JobScope; key: string; version: string },
): Promise<void> {
  assertKeys([key]);
  if (scope.cacheMode === 'none' || scope.cacheMode === 'read') {
    throw new ResultsError(
      'permission_denied',
      `cache write denied: this job may not save caches of ${scope.ref}`,
    );
  }
  const existing = await store
    .selectFrom('cache_entry')
    .select('id')
    .where('repository', '=', scope.repository)
    .where('scope', '=', scope.ref)
    .where('version', '=', version)
    .where('key', '=', key)
    .executeTakeFirst();
  if (existing !== undefined) throw alreadyExists(key);
}

/**
 * Makes the uploaded file a cache entry, all at once.
 * @throws ResultsError already_exists if another upload of the key was first
 */
export async function addCacheEntry(
  context: Context,
  { scope, key, version, file }: { scope: JobScope; key: string; version: string; file: string },
): Promise<CacheEntry> {
  const { store, blobs, now } = context;
  const { digest, size } = await blobs.adopt(file);
  const inserted = await store.transaction().execute(async (transaction) => {
    const row = await transaction
      .insertInto('cache_entry')
      .values({
        repository: scope.repository,
        scope: scope.ref,
        key,
        version,
        digest,
        size,
        created_at: now(),
        used_at: now(),
      })
      .onConflict((conflict) => conflict.columns(['repository', 'scope', 'version', 'key']).doNothing())
      .returningAll()
      .executeTakeFirst();
    if (row !== undefined) await access(blobs.fileOf(digest));
    return row;
  });
  if (inserted === undefined) {
    await discardUnreferenced(store, blobs, [digest]);
    throw alreadyExists(key);
  }
  return fromRow(inserted);
}

/** Newest first. */
export async function listCacheEntries(
  { store }: Context,
  { repository }: { repository?: string } = {},
): Promise<CacheEntry[]> {
  const query = store.selectFrom('cache_entry').selectAll().orderBy('id', 'desc');
  const wanted = repository === undefined ? query : query.where('repository', '=', repository);
  return (await wanted.execute()).map(fromRow);
}

export async function deleteCacheEntries({ store, blobs }: Context, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  const gone = await store.deleteFrom('cache_entry').where('id', 'in', ids).returning('digest').execute();
  await discardUnreferenced(
    store,
    blobs,
    gone.map(({ digest }) => digest),
  );
}

/**
 * Which entries have to go so that the limits hold. Pure.
 * @param entries of one repository, in any order
 */
export function planCacheEviction(
  entries: readonly Pick<CacheEntry, 'id' | 'sizeBytes' | 'usedAt'>[],
  { limits, now }: { limits: CacheLimits; now: number },
): number[] {
  const evicted: number[] = [];
  let kept = 0;
  for (const entry of entries.toSorted((a, b) => b.usedAt - a.usedAt || b.id - a.id)) {
    const unused = now - entry.usedAt > limits.maxUnusedMs;
    if (unused || kept + entry.sizeBytes > limits.maxBytesPerRepository) evicted.push(entry.id);
    else kept += entry.sizeBytes;
  }
  return evicted;
}

/** @returns how many entries went */
export async function evictCacheEntries(
  context: Context,
  { repository, limits }: { repository: string; limits: CacheLimits },
): Promise<number> {
  const entries = await listCacheEntries(context, { repository });
  const evicted = planCacheEviction(entries, { limits, now: context.now() });
  await deleteCacheEntries(context, evicted);
  return evicted.length;
}

/** The official client's rule (actions/toolkit, packages/cache, checkKey). */
function assertKeys(keys: readonly string[]): void {
  if (keys.length === 0 || keys.length > 10) {
    throw new ResultsError('invalid_argument', `a cache takes 1 to 10 keys, not ${keys.length}`);
  }
  for (const key of keys) {
    if (key === '' || key.length > 512 || key.includes(',')) {
      throw new ResultsError('invalid_argument', 'a cache key has 1 to 512 characters and no comma');
    }
  }
}

function alreadyExists(key: string): ResultsError {
  return new ResultsError(
    'already_exists',
    `cache entry with the same key, version, and scope already exists: '${key}'`,
  );
}

function fromRow(row: Selectable<CacheEntryTable>): CacheEntry {
  return {
    id: row.id,
    repository: row.repository,
    scope: row.scope,
    key: row.key,
    version: row.version,
    digest: row.digest,
    sizeBytes: Number(row.size),
    createdAt: Number(row.created_at),
    usedAt: Number(row.used_at),
  };
}
