import { randomUUID } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { constants, copyFile, link, mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Artifact } from '@slipway/server/kept-results';
import type { Mistake } from '../command-line/command.ts';
import { ArchiveError, extractArchive } from './extract-archive.ts';

export interface DownloadOptions {
  /** The artifact's content. */
  file: string;
  /** Of `--dir`; null: a folder with the artifact's name in `from`. */
  folder: string | null;
  from: string;
  /** Keep the archive as it is. */
  packed: boolean;
}

export type Downloaded = { path: string; files: number; mistake: null } | { mistake: Mistake };

/** Unpacks an artifact into a folder, or writes it there as the one file that it is. */
export async function downloadArtifact(
  { name, mimeType }: Pick<Artifact, 'name' | 'mimeType'>,
  { file, folder, from, packed }: DownloadOptions,
): Promise<Downloaded> {
  if (/^\.{1,2}$/.test(name) && (folder === null || mimeType !== zip))
    return mistake(`'${name}' cannot be the name of a file`, 'The artifact must be made under another name.');
  const target = folder === null ? join(from, name) : resolve(from, folder);
  if (mimeType !== zip || packed) {
    const path = join(target, mimeType === zip ? `${name}.zip` : name);
    return await copyTo(file, target, path);
  }
  if (!isFree(target))
    return mistake(`${target} is not empty`, 'Name another folder with --dir, or remove it.');
  try {
    return { path: target, files: await extractArchive(file, target), mistake: null };
  } catch (error) {
    if (!(error instanceof ArchiveError)) return unwritable(target, error);
    return mistake(
      `the artifact '${name}' is not unpacked: ${error.message}`,
      'If you trust it, save the archive with --zip and look into it.',
    );
  }
}

const zip = 'application/zip';

/** Whole or not at all, and never over another file. */
async function copyTo(file: string, folder: string, path: string): Promise<Downloaded> {
  const draft = join(folder, `.${randomUUID()}`);
  try {
    await mkdir(folder, { recursive: true });
    await copyFile(file, draft, constants.COPYFILE_FICLONE);
    await link(draft, path);
    return { path, files: 1, mistake: null };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return unwritable(folder, error);
    return mistake(`${path} exists already`, 'Name another folder with --dir, or remove it.');
  } finally {
    await rm(draft, { force: true });
  }
}

function isFree(path: string): boolean {
  try {
    return readdirSync(path).length === 0;
  } catch {
    // Nothing there, or something that only writing will tell about.
    return !statSync(path, { throwIfNoEntry: false })?.isFile();
  }
}

/** A full disk, a folder that may not be written: the error of the system says which. @throws anything else */
function unwritable(path: string, error: unknown): { mistake: Mistake } {
  if (!(error instanceof Error && 'syscall' in error)) throw error;
  return mistake(`cannot write ${path}: ${error.message}`, 'Name another folder with --dir, or make room.');
}

function mistake(message: string, mend: string): { mistake: Mistake } {
  return { mistake: { message, mend } };
}
