import { randomUUID } from 'node:crypto';
import { access, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { SlipwayError } from '@slipway/contracts/errors';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Store } from '../store/open-store.ts';
import { readSarif } from './read-sarif.ts';
import { storeAnalysis } from './store-analysis.ts';

const inflate = promisify(gunzip);
/** GitHub takes 10 MB compressed. */
const mostCompressedBytes = 10 * 1024 ** 2;
const mostBytes = 100 * 1024 ** 2;

export interface SarifUpload {
  project: string;
  /** Whole. */
  sha: string;
  /** Whole, e.g. `refs/heads/main`. */
  ref: string;
  /** Compressed with gzip, and base64. */
  sarif: string;
  /** Of runs that do not name theirs. */
  category: string;
  /** Where the repository was, e.g. `file:///home/runner/work/app/app/`; paths are made relative to it. */
  checkoutUri: string;
  creator: string;
}

/**
 * Takes a report in. One that is no SARIF is kept with what is wrong with it, as on GitHub, where whoever uploaded it asks later.
 * @returns the id of the upload
 * @throws SlipwayError `bad-request`, `too-large`
 */
export async function takeSarif(
  { store, blobs, now }: { store: Store; blobs: BlobStore; now: () => number },
  upload: SarifUpload,
): Promise<string> {
  const json = await unpack(upload.sarif);
  const { project, sha, ref, category: defaultCategory, checkoutUri, creator } = upload;
  const read = readSarif(json.toString(), { defaultCategory, checkoutUri });
  const file = path.join(blobs.stagingDirectory(), randomUUID());
  await writeFile(file, json);
  const { digest, size } = await blobs.adopt(file);
  const id = randomUUID();
  const at = now();
  await store.transaction().execute(async (transaction) => {
    await transaction
      .insertInto('sarif_upload')
      .values({
        id,
        project,
        sha,
        ref,
        digest,
        size,
        state: 'errors' in read ? 'failed' : 'complete',
        errors: JSON.stringify('errors' in read ? read.errors : []),
        creator,
        created_at: at,
      })
      .execute();
    for (const analysis of 'errors' in read ? [] : read.analyses) {
      await storeAnalysis({ store: transaction, now: at }, { project, sarifId: id, ref, sha }, analysis);
    }
    await access(blobs.fileOf(digest));
  });
  return id;
}

async function unpack(sarif: string): Promise<Buffer> {
  const compressed = Buffer.from(sarif, 'base64');
  if (compressed.length > mostCompressedBytes) throw new SlipwayError('too-large');
  try {
    return await inflate(compressed, { maxOutputLength: mostBytes });
  } catch (cause) {
    const isTooLarge = cause instanceof RangeError;
    throw new SlipwayError(isTooLarge ? 'too-large' : 'bad-request', {
      message: isTooLarge
        ? `The SARIF file is larger than ${mostBytes} bytes.`
        : 'sarif: it has to be compressed with gzip and then encoded as base64',
      cause,
    });
  }
}
