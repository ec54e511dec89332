import type { Store } from '../store/open-store.ts';
import type { BlobStore } from './blob-store.ts';

/** Tables whose rows refer to blobs, each by a column `digest`. */
export const tablesOfBlobs = [
  'artifact',
  'cache_entry',
  'kept_job',
  'bundle',
  'release_asset',
  'sarif_upload',
] as const;

/**
 * Removes those of the blobs that nothing refers to any more. Check and removal are one write transaction: whoever inserts a reference
 * afterwards finds the file missing, and does not commit.
 */
export async function discardUnreferenced(
  store: Store,
  blobs: BlobStore,
  digests: readonly string[],
): Promise<void> {
  for (const digest of new Set(digests)) {
    await store.transaction().execute(async (transaction) => {
      for (const table of tablesOfBlobs) {
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
