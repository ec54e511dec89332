import path from 'node:path';
import {
  type Artifact,
  type ArtifactFilter,
  deleteArtifacts,
  expireArtifacts,
  listArtifacts,
} from '../artifacts/artifact-service.ts';
import { openFileBlobStore } from '../blobs/blob-store.ts';
import {
  type CacheEntry,
  type CacheLimits,
  defaultCacheLimits,
  deleteCacheEntries,
  listCacheEntries,
  planCacheEviction,
} from '../caches/cache-service.ts';
import { openStore } from '../store/open-store.ts';

export type { Artifact, CacheEntry };

/** Artifacts and caches as they lie on this machine, for people; jobs come through `serveResults`, also at the same time. */
export interface KeptResults {
  /** Newest first; expired ones are left out. */
  artifacts(filter?: ArtifactFilter): Promise<Artifact[]>;
  deleteArtifacts(ids: readonly number[]): Promise<void>;
  /** Of all repositories, newest first. */
  cacheEntries(): Promise<CacheEntry[]>;
  deleteCacheEntries(ids: readonly number[]): Promise<void>;
  /** Deletes expired artifacts and the cache entries that the limits do not let stay. @returns what went */
  prune(limits?: Partial<CacheLimits>): Promise<{ artifacts: number; cacheEntries: CacheEntry[] }>;
  /** The file with the content of an artifact or cache entry. */
  fileOf(digest: string): string;
  close(): Promise<void>;
}

/** Opens what `serveResults` keeps in the same directory; it is made if it is not there. */
export async function openKeptResults({
  directory,
  now,
}: {
  directory: string;
  now: () => number;
}): Promise<KeptResults> {
  const store = await openStore({ kind: 'sqlite', file: path.join(directory, 'slipway.db') });
  const blobs = await openFileBlobStore(path.join(directory, 'blobs'));
  const context = { store, blobs, now };
  return {
    artifacts: (filter = {}) => listArtifacts(context, filter),
    deleteArtifacts: (ids) => deleteArtifacts(context, ids),
    cacheEntries: () => listCacheEntries(context),
    deleteCacheEntries: (ids) => deleteCacheEntries(context, ids),
    async prune(limits = {}) {
      const artifacts = await expireArtifacts(context);
      const entries = await listCacheEntries(context);
      const evicted = new Set(
        [...Map.groupBy(entries, ({ repository }) => repository).values()].flatMap((own) =>
          planCacheEviction(own, { limits: { ...defaultCacheLimits, ...limits }, now: now() }),
        ),
      );
      await deleteCacheEntries(context, [...evicted]);
      return { artifacts, cacheEntries: entries.filter(({ id }) => evicted.has(id)) };
    },
    fileOf: blobs.fileOf,
    close: () => store.destroy(),
  };
}
