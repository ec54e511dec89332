import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCached } from './content-cache.ts';
import { LOCKFILE_PATH, type Lockfile, parseLockfile } from './lockfile.ts';

/**
 * The lockfile of a repository; undefined if it has none.
 * @param slipwayHome keeps what was parsed, by content
 * @throws ActionError `invalid-lockfile`
 */
export async function readLockfile(
  repositoryRoot: string,
  slipwayHome: string,
): Promise<Lockfile | undefined> {
  const content = await readFile(join(repositoryRoot, LOCKFILE_PATH), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
      throw error;
    },
  );
  if (content === undefined) return undefined;
  return await readCached(join(slipwayHome, 'lockfiles'), content, () => parseLockfile(content));
}
