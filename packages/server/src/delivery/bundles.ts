import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SlipwayError } from '@slipway/contracts/errors';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Store } from '../store/open-store.ts';

/** 2 GiB. */
export const mostBundleBytes = 2 * 1024 ** 3;

export interface BundleStore {
  store: Store;
  blobs: BlobStore;
  now: () => number;
}

/**
 * Keeps the bytes of a bundle if they are those of its digest; what is kept already is taken as it is.
 * @throws SlipwayError `digest-mismatch`, `too-large`
 */
export async function keepBundle(
  { store, blobs, now }: BundleStore,
  { project, digest, body }: { project: string; digest: string; body: Readable },
): Promise<{ size: number }> {
  const file = path.join(blobs.stagingDirectory(), `bundle-${randomUUID()}`);
  const hash = createHash('sha256');
  let size = 0;
  try {
    await pipeline(
      body,
      async function* (source: AsyncIterable<Uint8Array>) {
        for await (const piece of source) {
          size += piece.length;
          if (size > mostBundleBytes) throw new SlipwayError('too-large');
          hash.update(piece);
          yield piece;
        }
      },
      createWriteStream(file),
    );
    const found = `sha256:${hash.digest('hex')}`;
    if (found !== digest) {
      throw new SlipwayError('digest-mismatch', {
        message: `The bytes that came are ${found} and not ${digest}. Nothing was kept.`,
      });
    }
    await store.transaction().execute(async (transaction) => {
      await blobs.adopt(file);
      await transaction
        .insertInto('bundle')
        .values({ project, digest, size, created_at: now() })
        .onConflict((conflict) => conflict.columns(['project', 'digest']).doNothing())
        .execute();
    });
    return { size };
  } finally {
    await rm(file, { force: true });
  }
}

/** Of these digests, the ones of which the project has no bundle here. */
export async function missingBundles(
  store: Store,
  project: string,
  digests: readonly string[],
): Promise<string[]> {
  if (digests.length === 0) return [];
  const rows = await store
    .selectFrom('bundle')
    .select('digest')
    .where('project', '=', project)
    .where('digest', 'in', [...digests])
    .execute();
  const kept = new Set(rows.map(({ digest }) => digest));
  return digests.filter((digest) => !kept.has(digest));
}

/** The bytes of a bundle. @throws Error with `code: 'bundle-unknown'` */
export async function openBundle(
  { store, blobs }: Pick<BundleStore, 'store' | 'blobs'>,
  project: string,
  digest: string,
): Promise<Readable> {
  const [missing] = await missingBundles(store, project, [digest]);
  const file = blobs.fileOf(digest);
  const isThere = missing === undefined && (await stat(file).catch(() => null)) !== null;
  if (!isThere) throw Object.assign(new Error(`no bundle ${digest} is kept`), { code: 'bundle-unknown' });
  return createReadStream(file, { highWaterMark: 1 << 20 });
}
