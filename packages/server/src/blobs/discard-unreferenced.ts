import type { Store } from '../store/open-store.ts';
import type { BlobStore } from './blob-store.ts';

/**
 * Removes those of the blobs that no artifact, no cache entry and no kept job refers to any more. Check and removal are one write transaction:
 * whoever inserts a reference afterwards finds the file missing, and does not commit.
 */
export async function discardUnreferenced(
  store: Store,
  blobs: BlobStore,
  digests: readonly string[],
): Promise<void> {
  for (const digest of new Set(digests)) {
    await store.transaction().execute(async (transaction) => {
      for (const table of [
        'artifact',
        'cache_entry',
        'kept_job',
        'bundle',
        'release_asset',
        'sarif_upload',
      ] as const) {
        const used = await transaction
          .selectFrom(table)
          .select('digest')
          .where('digest', '=', digest)
          .limit(1)
          .executeTakeFirst();
        if (used !== undefined) return;
      }
      await blobs.remove(digest);
    });
  }
}
