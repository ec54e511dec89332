import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Digest } from '@slipway/delivery';
import type { TarHeader } from 'modern-tar';
import { unpackTar } from 'modern-tar/fs';
import { BundleError } from './create-bundle.ts';
import { isInsideName, leadsOutside } from './inside-paths.ts';

export interface UnpackLimits {
  /** Of all files together, unpacked. */
  maxBytes: number;
  maxFiles: number;
}

/** A release with its dependencies has less; an archive bomb has more. */
export const defaultUnpackLimits: UnpackLimits = { maxBytes: 8 * 1024 ** 3, maxFiles: 500_000 };

export interface Unpacking {
  bytes: AsyncIterable<Uint8Array>;
  digest: Digest;
  /** An empty folder. */
  directory: string;
  limits?: UnpackLimits;
}

/**
 * Unpacks a bundle and holds it against its digest. Only when this has resolved may the folder be used.
 * @throws BundleError when the digest is another, a limit is passed, or an entry would be written or lead outside of the folder
 */
export async function unpackBundle({
  bytes,
  digest,
  directory,
  limits = defaultUnpackLimits,
}: Unpacking): Promise<void> {
  const hash = createHash('sha256');
  async function* hashed(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      hash.update(chunk);
      yield chunk;
    }
  }
  const assess = entryAssessor(limits);
  let mistake: BundleError | undefined;
  const filter = (header: TarHeader): boolean => {
    mistake ??= assess(header);
    return mistake === undefined;
  };
  try {
    await pipeline(
      bytes,
      hashed,
      createGunzip(),
      new PassThrough(),
      unpackTar(directory, { filter, strict: true }),
    );
  } catch (error) {
    throw (
      mistake ??
      new BundleError(`the bundle can't be unpacked: ${(error as Error).message}`, { cause: error })
    );
  }
  if (mistake) throw mistake;
  const found = `sha256:${hash.digest('hex')}`;
  if (found !== digest) throw new BundleError(`the bundle's digest is ${found} and not ${digest}`);
}

/** Tells what is wrong with an entry, one after the other. */
function entryAssessor({ maxBytes, maxFiles }: UnpackLimits): (header: TarHeader) => BundleError | undefined {
  let sizeBytes = 0;
  let files = 0;
  const links = new Set<string>();
  return ({ name, type, size, linkname }) => {
    sizeBytes += size;
    files++;
    if (sizeBytes > maxBytes) return new BundleError(`the bundle holds more than ${maxBytes} bytes`);
    if (files > maxFiles) return new BundleError(`the bundle holds more than ${maxFiles} files`);
    if (!isInsideName(name))
      return new BundleError(`the bundle has an entry “${name}” outside of its folder`);
    const path = posix.normalize(name).replace(/\/$/, '');
    // Behind a link, where a name leads is not what it says.
    if (parentsOf(path).some((parent) => links.has(parent)) || links.has(path)) {
      return new BundleError(`the bundle has an entry “${name}” behind a link`);
    }
    if (type === 'symlink') {
      if (leadsOutside(posix.dirname(path), linkname ?? '')) {
        return new BundleError(`the bundle has a link “${name}” to ${linkname}, outside of its folder`);
      }
      links.add(path);
      return undefined;
    }
    if (type !== 'file' && type !== 'directory') {
      return new BundleError(
        `the bundle has an entry “${name}” that is neither a file nor a folder nor a link`,
      );
    }
    return undefined;
  };
}

function parentsOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('/'));
}
