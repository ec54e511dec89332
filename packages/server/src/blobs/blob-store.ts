import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** Content addressed by its sha256: the same bytes are kept once, whoever stores them. */
export interface BlobStore {
  /** Takes a complete file over; it is gone from where it was. Durable when this resolves. */
  adopt(file: string): Promise<{ digest: string; size: number }>;
  /** A file that can be read. @throws if there is no such blob. */
  fileOf(digest: string): string;
  remove(digest: string): Promise<void>;
  /** A new empty folder for an upload, on the same file system as the blobs. */
  stagingDirectory(): string;
}

/** Files under `<root>/sha256/ab/cdef…`; uploads under `<root>/uploads`. */
export async function openFileBlobStore(root: string): Promise<BlobStore> {
  const uploads = path.join(root, 'uploads');
  await mkdir(uploads, { recursive: true });
  const fileOf = (digest: string): string => {
    const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
    if (hex === undefined) throw new Error(`not a sha256 digest: ${digest}`);
    return path.join(root, 'sha256', hex.slice(0, 2), hex.slice(2));
  };
  return {
    fileOf,
    stagingDirectory: () => uploads,
    async adopt(file) {
      const digest = `sha256:${await sha256Of(file)}`;
      const target = fileOf(digest);
      await mkdir(path.dirname(target), { recursive: true });
      const handle = await open(file, 'r');
      try {
        await handle.sync();
        const { size } = await handle.stat();
        await rename(file, target);
        return { digest, size };
      } finally {
        await handle.close();
      }
    },
    remove: (digest) => rm(fileOf(digest), { force: true }),
  };
}

/** Removes uploads that nothing has touched since `before`: what a killed client or process left. */
export async function removeStaleUploads(blobs: BlobStore, before: number): Promise<void> {
  const directory = blobs.stagingDirectory();
  for (const name of await readdir(directory)) {
    const file = path.join(directory, name);
    const found = await stat(file).catch(() => null);
    if (found !== null && found.mtimeMs < before) await rm(file, { recursive: true, force: true });
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest('hex');
}
