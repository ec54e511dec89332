import { join } from 'node:path';
import type { Digest } from '@slipway/delivery';
import { readJson, writeDurably } from '../daemon/durable-file.ts';
import type { DockerCli } from './docker-cli.ts';

/** An image that was not in the engine before a deployment wanted it. */
export interface FetchedImage {
  reference: string;
  digest: Digest;
  /** When a deployment wanted it last. */
  usedAtMs: number;
}

/** Images that were fetched for a target. Those alone are its to remove: what was in the engine before is somebody else's. */
export interface FetchedImages {
  /** It was fetched just now. */
  fetched(image: Pick<FetchedImage, 'reference' | 'digest'>): void;
  /** It was there. */
  used(reference: string): void;
  /** Removes all but those in use and the `keep` that were used last. What the engine holds on to, for a container of another target, stays. */
  prune(inUse: ReadonlySet<Digest>, keep: number): Promise<void>;
}

export function openFetchedImages(directory: string, cli: DockerCli): FetchedImages {
  const file = join(directory, 'images.json');
  const list = () => (readJson(file) as FetchedImage[] | undefined) ?? [];
  const write = (images: FetchedImage[]) => writeDurably(file, images);
  return {
    fetched({ reference, digest }) {
      const others = list().filter((one) => one.reference !== reference);
      write([...others, { reference, digest, usedAtMs: Date.now() }]);
    },
    used(reference) {
      const images = list();
      if (!images.some((one) => one.reference === reference)) return;
      write(images.map((one) => (one.reference === reference ? { ...one, usedAtMs: Date.now() } : one)));
    },
    async prune(inUse, keep) {
      const gone = new Set<string>();
      for (const { reference } of imagesToRemove(list(), inUse, keep)) {
        const { exitCode, stderr } = await cli.attempt(['image', 'rm', reference]);
        if (exitCode === 0 || /no such image/i.test(stderr)) gone.add(reference);
      }
      if (gone.size > 0) write(list().filter(({ reference }) => !gone.has(reference)));
    },
  };
}

/** Those that were used longest ago, beyond the ones to keep. Pure. */
export function imagesToRemove(
  images: readonly FetchedImage[],
  inUse: ReadonlySet<Digest>,
  keep: number,
): FetchedImage[] {
  return images
    .filter(({ digest }) => !inUse.has(digest))
    .toSorted((one, other) => other.usedAtMs - one.usedAtMs)
    .slice(keep);
}
