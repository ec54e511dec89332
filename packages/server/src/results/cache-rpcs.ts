import { z } from 'zod';
import {
  addCacheEntry,
  assertCacheCanBeSaved,
  type CacheLimits,
  evictCacheEntries,
  findCacheEntry,
} from '../caches/cache-service.ts';
import type { JobScope } from './job-scope.ts';
import type { PendingUpload } from './pending-uploads.ts';
import type { ResultsCall } from './results-context.ts';
import { int64, type Rpc, rpc } from './twirp.ts';

/** What an entry is known by; of which repository and ref is the token's to say, never the request's. */
const entry = { key: z.string(), version: z.string() };

/** `github.actions.results.api.v1.CacheService`, as @actions/cache 4 and later and buildx's `type=gha` call it. */
export const cacheRpcs: Record<string, Rpc<ResultsCall>> = {
  CreateCacheEntry: rpc(z.object(entry), async (call, { key, version }) => {
    const pending = await beginCacheUpload(call, { key, version });
    return { ok: true, signed_upload_url: call.signedUrl(`/uploads/${pending.id}`) };
  }),

  FinalizeCacheEntryUpload: rpc(z.object({ ...entry, size_bytes: int64 }), async (call, request) => {
    const { key, version } = request;
    const pending = await call.uploads.of(purposeOf(call.scope, key, version));
    const id = await finalizeCacheUpload(call, { pending, key, version, sizeBytes: request.size_bytes });
    return { ok: true, entry_id: String(id) };
  }),

  GetCacheEntryDownloadURL: rpc(
    z.object({ ...entry, restore_keys: z.array(z.string()).default([]) }),
    async (call, { key, version, restore_keys }) => {
      const found = await findCacheEntry(call, { scope: call.scope, keys: [key, ...restore_keys], version });
      if (found === null) return { ok: false };
      return { ok: true, signed_download_url: call.signedUrl(`/caches/${found.id}`), matched_key: found.key };
    },
  ),
};

/** @param id default: one that nobody guesses. @throws ResultsError invalid_argument, permission_denied, already_exists */
export async function beginCacheUpload(
  call: ResultsCall,
  { key, version, id }: { key: string; version: string; id?: string },
): Promise<PendingUpload> {
  await assertCacheCanBeSaved(call, { scope: call.scope, key, version });
  return call.uploads.begin(
    {
      purpose: purposeOf(call.scope, key, version),
      mimeType: 'application/octet-stream',
      expiresAt: 0,
      notes: { repository: call.scope.repository, ref: call.scope.ref, key, version },
    },
    {
      maxSizeBytes: (await limitsOf(call)).maxBytesPerRepository,
      replace: false,
      ...(id !== undefined && { id }),
    },
  );
}

/** @returns the entry's id */
export async function finalizeCacheUpload(
  call: ResultsCall,
  upload: { pending: PendingUpload; key: string; version: string; sizeBytes: number },
): Promise<number> {
  const file = await call.uploads.take(upload.pending, upload.sizeBytes);
  const { key, version } = upload;
  const { id, repository } = await addCacheEntry(call, { scope: call.scope, key, version, file });
  await evictCacheEntries(call, { repository, limits: await limitsOf(call) });
  return id;
}

async function limitsOf({ cacheLimits, quotasOf, scope }: ResultsCall): Promise<CacheLimits> {
  const quotas = await quotasOf?.(scope.repository);
  return quotas === undefined ? cacheLimits : { ...cacheLimits, maxBytesPerRepository: quotas.caches };
}

function purposeOf(scope: JobScope, key: string, version: string): string {
  return JSON.stringify(['cache', scope.repository, scope.ref, version, key]);
}
