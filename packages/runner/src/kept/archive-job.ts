import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, type Dirent } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress, createZstdDecompress } from 'node:zlib';
import type { KeptJob } from './kept-job.ts';

export interface ArchivedFolder {
  /** Of the run's kept jobs. */
  directory: string;
  number: number;
  /** Whether a block of a file holds a secret. */
  holdsSecret: (block: Buffer) => boolean;
  signal: AbortSignal;
}

export type AssessedFolder =
  | { kind: 'good'; names: string[]; sizeBytes: number }
  | { kind: 'too-large'; sizeBytes: number };

/**
 * Looks through the folder of a kept job: files that hold a secret, pipes and sockets are left out, and the job's record says so.
 * @throws the system's error
 */
export async function assessFolder(folder: ArchivedFolder, maxBytes: number): Promise<AssessedFolder> {
  const { directory, number, signal } = folder;
  const names = [`${number}.json`, String(number)];
  const leftOut: string[] = [];
  let sizeBytes = 0;
  for await (const { name, entry } of walk(directory, String(number))) {
    signal.throwIfAborted();
    if (entry.isFile()) {
      const path = join(directory, name);
      const { size } = await stat(path);
      sizeBytes += size;
      if (sizeBytes > maxBytes) return { kind: 'too-large', sizeBytes };
      if (await isSecretIn(path, size, folder.holdsSecret)) leftOut.push(name.slice(`${number}/`.length));
      else names.push(name);
    } else if (entry.isDirectory() || entry.isSymbolicLink()) names.push(name);
  }
  if (leftOut.length > 0) await noteLeftOut(join(directory, `${number}.json`), leftOut);
  return { kind: 'good', names, sizeBytes };
}

/** The folder and its record, packed while it is read. @throws Error that says what tar said */
export async function* archiveFolder(
  { directory, signal }: ArchivedFolder,
  names: readonly string[],
): AsyncIterable<Uint8Array> {
  const child = spawn('tar', ['-C', directory, '--no-recursion', '--null', '-T', '-', '-cf', '-'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    signal,
  });
  const ended = endOf(child);
  const listed = pipeline(Readable.from(nullTerminated(names)), child.stdin);
  const packed = child.stdout.compose(createZstdCompress()) as AsyncIterable<Uint8Array>;
  listed.catch(() => {});
  yield* packed;
  await listed;
  await ended;
}

/** Unpacks what `archiveFolder` has packed. @throws Error that says what tar said */
export async function unpackFolder(archive: AsyncIterable<Uint8Array>, directory: string): Promise<void> {
  const child = spawn('tar', ['-C', directory, '--no-same-owner', '-xpf', '-'], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const ended = endOf(child);
  ended.catch(() => {});
  // What tar says of its end says more than that its input was cut off.
  const fed = pipeline(Readable.from(archive), createZstdDecompress(), child.stdin);
  await Promise.allSettled([fed, ended]);
  await ended;
  await fed.catch(ignoreEarlyEnd);
}

/** tar may end when it has read the mark of the archive's end, before the last padding is written to it. */
function ignoreEarlyEnd(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
}

async function* walk(directory: string, name: string): AsyncIterable<{ name: string; entry: Dirent }> {
  for (const entry of await readdir(join(directory, name), { withFileTypes: true })) {
    const inner = `${name}/${entry.name}`;
    if (entry.name === '_pipes' && !name.includes('/')) continue;
    yield { name: inner, entry };
    if (entry.isDirectory()) yield* walk(directory, inner);
  }
}

const wholeFileBytes = 4 * 1024 ** 2;
const pieceBytes = 1024 ** 2;
/** No form of a secret is longer: what is cut at the end of a piece is looked at again with the next. */
const overlapBytes = 256 * 1024;

async function isSecretIn(
  path: string,
  sizeBytes: number,
  holdsSecret: (block: Buffer) => boolean,
): Promise<boolean> {
  if (sizeBytes <= wholeFileBytes) return holdsSecret(await readFile(path));
  let rest = Buffer.alloc(0);
  for await (const piece of createReadStream(path, { highWaterMark: pieceBytes })) {
    const block = Buffer.concat([rest, piece as Buffer]);
    if (holdsSecret(block)) return true;
    rest = block.subarray(-overlapBytes);
  }
  return false;
}

async function noteLeftOut(path: string, leftOut: readonly string[]): Promise<void> {
  const record = JSON.parse(await readFile(path, 'utf8')) as KeptJob;
  record.notKept.push(...leftOut);
  await writeFile(path, JSON.stringify(record), { mode: 0o600 });
}

function* nullTerminated(names: readonly string[]): Iterable<Buffer> {
  for (let at = 0; at < names.length; at += 1_000) {
    yield Buffer.from(
      names
        .slice(at, at + 1_000)
        .map((name) => `${name}\0`)
        .join(''),
    );
  }
}

/** GNU tar ends with 1 where a file has changed while it was read. */
async function endOf(child: ChildProcessByStdio<Writable, Readable | null, Readable>): Promise<void> {
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(0, 2_000);
  });
  const [status, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (status === null || status > 1) throw new Error(`tar: ${said.trim() || `ended by ${signal ?? status}`}`);
}
