import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The first executable of this name on the PATH, as absolute path; null if there is none. */
export function findOnPath(name: string, path = process.env.PATH ?? ''): string | null {
  for (const directory of path.split(delimiter)) {
    if (directory === '') continue;
    const file = join(directory, name);
    if (isExecutable(file)) return file;
  }
  return null;
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * Existing folders that match a path whose components may hold one `*` each: `/opt/postgresql-*`.
 * Servers that are installed in several versions have a folder for each, and it is not on the PATH.
 */
export function expandDirectories(pattern: string): string[] {
  let found = ['/'];
  for (const part of pattern.split('/').filter(Boolean)) {
    found = found.flatMap((directory) => matchesIn(directory, part));
  }
  return found;
}

function matchesIn(directory: string, part: string): string[] {
  const [before, after] = part.split('*');
  if (after === undefined) return isDirectory(join(directory, part)) ? [join(directory, part)] : [];
  try {
    return readdirSync(directory)
      .filter((name) => name.startsWith(before!) && name.endsWith(after))
      .map((name) => join(directory, name))
      .filter(isDirectory);
  } catch {
    return [];
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
