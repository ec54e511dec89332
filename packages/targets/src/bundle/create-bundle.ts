import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Digest } from '@slipway/delivery';
import { type FileSource, packTar } from 'modern-tar/fs';
import { leadsOutside } from './inside-paths.ts';

export interface Bundle {
  /** Of the file as it is, compressed. */
  digest: Digest;
  sizeBytes: number;
  files: number;
}

/** What a folder holds that no bundle can: it would mean another thing on another machine. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
}

/**
 * Packs a folder into one file (tar, gzip) that depends on nothing but names, contents, links and executable bits: the same folder gives
 * the same digest, whoever packs it, when and where. Empty folders are left out.
 * @throws BundleError for links that lead out of the folder, and for pipes, sockets and devices
 */
export async function createBundle({
  directory,
  output,
}: {
  directory: string;
  output: string;
}): Promise<Bundle> {
  const sources = await listSources(directory);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      done(null, chunk);
    },
  });
  await pipeline(packTar(sources), createGzip(), meter, createWriteStream(output, { mode: 0o600 }));
  return { digest: `sha256:${hash.digest('hex')}`, sizeBytes, files: sources.length };
}

const longAgo = new Date(0);

async function listSources(root: string): Promise<FileSource[]> {
  const sources: FileSource[] = [];
  await addFolder('');
  // By their bytes, not by somebody's language.
  return sources.sort((a, b) => Buffer.compare(Buffer.from(a.target), Buffer.from(b.target)));

  async function addFolder(folder: string): Promise<void> {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const target = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) await addFolder(target);
      else sources.push(await sourceOf(root, target));
    }
  }
}

async function sourceOf(root: string, target: string): Promise<FileSource> {
  const source = join(root, target);
  const status = await lstat(source);
  if (status.isSymbolicLink()) {
    const link = await readlink(source);
    if (leadsOutside(dirname(target), link)) {
      throw new BundleError(`${target} is a link to ${link}, outside of the folder`);
    }
  } else if (!status.isFile()) {
    throw new BundleError(`${target} is neither a file nor a folder nor a link`);
  }
  const isExecutable = status.isSymbolicLink() || (status.mode & 0o111) !== 0;
  return {
    type: 'file',
    source,
    target,
    mtime: longAgo,
    uid: 0,
    gid: 0,
    uname: '',
    gname: '',
    mode: isExecutable ? 0o755 : 0o644,
  };
}
