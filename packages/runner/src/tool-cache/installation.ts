import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';

/** A tool that is on this machine. */
export interface Installation {
  /** Semantic version, three numbers. */
  version: string;
  /** The folder that holds `bin`. */
  prefix: string;
}

/** Where a version manager keeps its installations. */
export interface ManagedFolder {
  folder: string;
  /** Name of a version's folder; the first group is the version. Default `20.1.0` or `v20.1.0`. */
  name?: RegExp;
  /** The prefix within the version's folder. */
  inside?: string;
}

const PLAIN_VERSION = /^v?(\d+\.\d+\.\d+)$/;

/** Installations whose version their folder's name tells, so that nothing need be run. */
export async function listManaged(folders: ManagedFolder[]): Promise<Installation[]> {
  const lists = await Promise.all(
    folders.map(async ({ folder, name = PLAIN_VERSION, inside = '' }) => {
      const entries = await readdir(folder).catch(() => []);
      return entries.flatMap((entry) => {
        const version = entry.match(name)?.[1];
        return version === undefined ? [] : { version, prefix: join(folder, entry, inside) };
      });
    }),
  );
  return lists.flat();
}

/** Executables with this name on the PATH, links resolved, each once; a version manager's shims are left out. */
export async function findOnPath(name: RegExp, env: NodeJS.ProcessEnv): Promise<string[]> {
  const folders = (env.PATH ?? '').split(':').filter((folder) => folder !== '' && !folder.endsWith('/shims'));
  const found = await Promise.all(
    folders.map(async (folder) => {
      const entries = await readdir(folder).catch(() => []);
      const paths = entries.filter((entry) => name.test(entry)).map((entry) => join(folder, entry));
      return await Promise.all(paths.map((path) => realpath(path).catch(() => '')));
    }),
  );
  return [...new Set(found.flat().filter(Boolean))];
}

/** The first of each version. */
export function distinct<T extends Installation>(installations: T[]): T[] {
  const seen = new Map<string, T>();
  for (const one of installations) if (!seen.has(one.version)) seen.set(one.version, one);
  return [...seen.values()];
}
