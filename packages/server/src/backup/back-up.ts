import { access, cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { tablesOfBlobs } from '../blobs/discard-unreferenced.ts';
import { git } from '../repositories/git.ts';
import { dataDirectory } from '../serve/data-directory.ts';

export interface BackupOptions {
  /** Of a server, which may be running. */
  data: string;
  /** A folder that does not exist, or is empty. */
  to: string;
  /** `postgres`: the tables are saved by whoever keeps the database; here is only the rest. */
  store: 'sqlite' | 'postgres';
  now: number;
}

export interface BackupResult {
  repositories: number;
  blobs: number;
  streams: number;
  /** Blobs that the tables name and that were gone already, e.g. since an artifact expired meanwhile. */
  missingBlobs: string[];
}

export const backupFormat = 1;

/**
 * Copies everything that a server keeps, consistently while it runs. The tables come first, in one snapshot; everything else only grows or
 * names its content: a log that is longer than the tables know, or a ref that they have not heard of, is told of after a restore as after a crash.
 * @throws Error if `to` holds something, or there is nothing to save
 */
export async function backUp({ data, to, store, now }: BackupOptions): Promise<BackupResult> {
  const from = dataDirectory(data);
  const target = dataDirectory(to);
  await assertEmpty(target.root);
  if (store === 'sqlite') {
    await access(from.database).catch(() => {
      throw new Error(`there is no store in ${from.root}`);
    });
    snapshot(from.database, target.database);
  }
  const secrets = { recursive: true, preserveTimestamps: true } as const;
  await cp(from.secrets, target.secrets, secrets);
  const blobs = await copyFiles(path.join(from.blobs, 'sha256'), path.join(target.blobs, 'sha256'));
  const streams = await copyFiles(from.streams, target.streams);
  const repositories = await copyRepositories(from.repositories, target.repositories);
  const missingBlobs = store === 'sqlite' ? await findMissing(target.database, target.blobs) : [];
  const about = { format: backupFormat, store, takenAt: new Date(now).toISOString() };
  // Last: a backup without it is not whole.
  await writeFile(path.join(target.root, 'backup.json'), `${JSON.stringify(about, null, 2)}\n`);
  return { repositories, blobs, streams, missingBlobs };
}

async function assertEmpty(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if ((await readdir(directory)).length > 0) throw new Error(`${directory} is not empty`);
}

/** One read transaction of SQLite, which no writer waits for. */
function snapshot(file: string, target: string): void {
  const database = new DatabaseSync(file, { timeout: 60_000 });
  try {
    database.prepare('vacuum into ?').run(target);
  } finally {
    database.close();
  }
}

/** A file that is gone when its turn comes is left out. @returns how many were copied */
async function copyFiles(from: string, to: string): Promise<number> {
  const entries = await readdir(from, { recursive: true, withFileTypes: true }).catch(() => []);
  let copied = 0;
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const source = path.join(entry.parentPath, entry.name);
    const target = path.join(to, path.relative(from, source));
    await mkdir(path.dirname(target), { recursive: true });
    try {
      await cp(source, target, { preserveTimestamps: true });
      copied += 1;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
  return copied;
}

/** By git, which knows how to copy a repository that is being pushed to. */
async function copyRepositories(from: string, to: string): Promise<number> {
  let copied = 0;
  for (const owner of await readdir(from).catch(() => [])) {
    for (const name of await readdir(path.join(from, owner))) {
      const source = path.join(from, owner, name);
      const target = path.join(to, owner, name);
      await mkdir(path.dirname(target), { recursive: true });
      await git(from, ['clone', '--quiet', '--mirror', '--no-local', '--', source, target]);
      await cp(path.join(source, 'config'), path.join(target, 'config'));
      await cp(path.join(source, 'slipway.gitconfig'), path.join(target, 'slipway.gitconfig'));
      copied += 1;
    }
  }
  return copied;
}

async function findMissing(database: string, blobs: string): Promise<string[]> {
  const tables = new DatabaseSync(database, { readOnly: true });
  try {
    const rows = tables
      .prepare(tablesOfBlobs.map((table) => `select digest from ${table}`).join(' union '))
      .all();
    const missing: string[] = [];
    for (const { digest } of rows) {
      const hex = String(digest).replace(/^sha256:/, '');
      const file = path.join(blobs, 'sha256', hex.slice(0, 2), hex.slice(2));
      if (
        !(await access(file).then(
          () => true,
          () => false,
        ))
      )
        missing.push(String(digest));
    }
    return missing;
  } finally {
    tables.close();
  }
}
