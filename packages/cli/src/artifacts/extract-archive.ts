import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { type ArchiveLimits, archiveLimits, createAssessment } from './assess-archive.ts';

/** The archive is not one, is damaged, or is made to do harm; nothing was written. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

/**
 * Unpacks a zip file into `target`, which must not exist or be empty, and appears with all files or not at all. Every entry
 * is looked at before the first is written; sizes that the archive gives falsely end the unpacking.
 * @returns how many files there are
 * @throws ArchiveError
 */
export async function extractArchive(
  file: string,
  target: string,
  limits: ArchiveLimits = archiveLimits,
): Promise<number> {
  await assessArchive(file, limits);
  const draft = join(dirname(target), `.${basename(target)}-${randomUUID()}`);
  try {
    await mkdir(draft, { recursive: true });
    const files = await unpack(file, draft);
    // Takes the place of an empty folder; one that is not empty stays.
    await rename(draft, target);
    return files;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function assessArchive(file: string, limits: ArchiveLimits): Promise<void> {
  const assess = createAssessment((await stat(file)).size, limits);
  const archive = await open(file);
  try {
    if (archive.entryCount > limits.maxEntries) {
      throw new ArchiveError(`it has ${archive.entryCount.toLocaleString('en')} entries`);
    }
    for await (const entry of entriesOf(archive)) {
      const fault = assess(entry);
      if (fault !== null) throw new ArchiveError(fault);
    }
  } finally {
    archive.close();
  }
}

async function unpack(file: string, folder: string): Promise<number> {
  const archive = await open(file);
  const made = new Set<string>();
  const makeFolder = async (path: string): Promise<void> => {
    if (!made.has(path)) await mkdir(path, { recursive: true });
    made.add(path);
  };
  let files = 0;
  try {
    for await (const entry of entriesOf(archive)) {
      const path = join(folder, entry.fileName);
      if (entry.fileName.endsWith('/')) await makeFolder(path);
      else {
        await makeFolder(dirname(path));
        await unpackFile(archive, entry, path);
        files += 1;
      }
    }
  } finally {
    archive.close();
  }
  return files;
}

async function unpackFile(archive: ZipFile, entry: Entry, path: string): Promise<void> {
  try {
    await pipeline(await archive.openReadStreamPromise(entry), createWriteStream(path, { flags: 'wx' }));
  } catch (error) {
    // An error of the system has a code: a full disk is no fault of the archive.
    if (error instanceof Error && 'code' in error && !String(error.code).startsWith('Z_')) throw error;
    throw damaged(error);
  }
}

async function open(file: string): Promise<ZipFile> {
  try {
    return await openPromise(file, { lazyEntries: true, autoClose: false, strictFileNames: true });
  } catch (error) {
    throw damaged(error);
  }
}

/** yauzl itself refuses names that lead out, and directories that contradict themselves. */
async function* entriesOf(archive: ZipFile): AsyncGenerator<Entry> {
  try {
    yield* archive.eachEntry();
  } catch (error) {
    throw error instanceof ArchiveError ? error : damaged(error);
  }
}

function damaged(error: unknown): ArchiveError {
  return new ArchiveError(error instanceof Error ? error.message : String(error), { cause: error });
}
