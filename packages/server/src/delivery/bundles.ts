import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SlipwayError } from '@slipway/contracts/errors';
import type { Artifact } from '@slipway/delivery';
import type { Store } from '../store/open-store.ts';
import { type BundleRules, type BundleStore, makeRoomFor } from './bundle-retention.ts';

/** 2 GiB. */
export const mostBundleBytes = 2 * 1024 ** 3;

/**
 * Keeps the bytes of a bundle if they are those of its digest; what is kept already is taken as it is.
 * @param rules what the project may have; default: no limit
 * @throws SlipwayError `digest-mismatch`, `too-large`, `over-quota`
 */
export async function keepBundle(
  bundles: BundleStore,
  { project, digest, body }: { project: string; digest: string; body: Readable },
  rules?: BundleRules,
): Promise<{ size: number }> {
  const { store, blobs, now } = bundles;
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
    const [isNew] = await missingBundles(store, project, [digest]);
    if (rules && isNew !== undefined) await makeRoomFor(bundles, rules, size);
    // Before the transaction: it reads all bytes once more, and who writes has an embedded store alone.
    await blobs.adopt(file);
    await store.transaction().execute(async (transaction) => {
      const at = now();
      await transaction
        .insertInto('bundle')
        .values({ project, digest, size, created_at: at, used_at: at })
        .onConflict((conflict) => conflict.columns(['project', 'digest']).doUpdateSet({ used_at: at }))
        .execute();
      // Somebody may have removed it as needed by nobody.
      await access(blobs.fileOf(digest));
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

/**
 * Says that bundles are needed, so that nobody removes them now. In the transaction of what needs them.
 * @returns those that are not kept
 */
export async function useBundles(
  { store, now }: { store: Store; now: number },
  project: string,
  digests: readonly string[],
): Promise<string[]> {
  if (digests.length === 0) return [];
  const rows = await store
    .updateTable('bundle')
    .set({ used_at: now })
    .where('project', '=', project)
    .where('digest', 'in', [...digests])
    .returning('digest')
    .execute();
  const kept = new Set(rows.map(({ digest }) => digest));
  return digests.filter((digest) => !kept.has(digest));
}

/** The digests of a release's components that are bundles, and not images of a registry. */
export function bundlesOf(components: Record<string, Artifact>): string[] {
  return Object.values(components).flatMap(({ repository, digest }) =>
    repository === undefined ? [digest] : [],
  );
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
