import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '@slipway/delivery';
import { unpackBundle } from './unpack-bundle.ts';

/** Bundles unpacked, each once, under its digest. */
export interface BundleStore {
  /** The folder of a bundle; fetched and unpacked if it isn't there. @throws BundleError, and what fetching throws */
  open(digest: Digest): Promise<string>;
  /** Removes all but those in use and the `keep` that were opened last. */
  prune(inUse: ReadonlySet<Digest>, keep: number): Promise<void>;
}

export function createBundleStore(
  directory: string,
  fetchBundle: (digest: Digest) => Promise<AsyncIterable<Uint8Array>>,
): BundleStore {
  const opening = new Map<Digest, Promise<string>>();

  async function unpack(digest: Digest): Promise<string> {
    const folder = join(directory, folderName(digest));
    if (await touch(folder)) return folder;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const draft = await mkdtemp(join(directory, 'draft-'));
    try {
      await unpackBundle({ bytes: await fetchBundle(digest), digest, directory: draft });
      await rename(draft, folder).catch(async (error) => {
        // Another process was quicker.
        if (!(await touch(folder))) throw error;
      });
      return folder;
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }

  return {
    open(digest) {
      const known = opening.get(digest) ?? unpack(digest).finally(() => opening.delete(digest));
      opening.set(digest, known);
      return known;
    },
    async prune(inUse, keep) {
      const names = (await readdir(directory).catch(() => [])).filter((name) => name.startsWith('sha256-'));
      const unused = names.filter((name) => !inUse.has(name.replace('sha256-', 'sha256:') as Digest));
      const aged = await Promise.all(
        unused.map(async (name) => ({ name, atMs: (await stat(join(directory, name))).mtimeMs })),
      );
      const outdated = aged.sort((a, b) => b.atMs - a.atMs).slice(keep);
      for (const { name } of outdated) await remove(directory, name);
      await sweep(directory);
    },
  };
}

/** It leaves its name first: what is only half there when the process ends in the midst must not pass for the bundle. */
async function remove(directory: string, name: string): Promise<void> {
  const away = await mkdtemp(join(directory, 'gone-'));
  // Another process may have been quicker.
  await rename(join(directory, name), join(away, name)).catch(() => undefined);
}

const dayMs = 24 * 60 * 60_000;

/** Ends what was removed, and what a process that was killed has left half unpacked. What can't be removed now is tried again the next time. */
async function sweep(directory: string): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    const path = join(directory, name);
    const isLeft = name.startsWith('gone-') || (name.startsWith('draft-') && (await ageMs(path)) > dayMs);
    if (isLeft) await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function ageMs(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
}

function folderName(digest: Digest): string {
  return digest.replace(':', '-');
}

async function touch(folder: string): Promise<boolean> {
  const now = new Date();
  return utimes(folder, now, now).then(
    () => true,
    () => false,
  );
}
