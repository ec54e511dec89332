import { lstat, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { runGit } from '../git/run-git.ts';
import { copyFiles } from './copy-files.ts';
import { listPlainFolder } from './folder-repository.ts';
import { joinPath, type PathBytes, splitPaths } from './path-bytes.ts';
import { readSourceTree } from './source-tree.ts';

export interface RefreshOptions {
  /** What was checked out. */
  source: string;
  /** Where to. */
  target: string;
  /** Epoch milliseconds: what changed before is there already. */
  since: number;
  signal: AbortSignal;
}

/**
 * Copies the files that were edited or added in the source since then, and removes those that were deleted. What steps have made or
 * changed otherwise stays.
 * @returns paths relative to the source, sorted
 */
export async function refreshCheckout({ source, target, since, signal }: RefreshOptions): Promise<string[]> {
  const tree = await readSourceTree(source, signal);
  const files = tree.files ?? (await listPlainFolder(source, signal));
  const isNewer = async (path: PathBytes) => (await changedAt(joinPath(source, path))) > since;
  const edited = await filterBy(files, isNewer);
  if (edited.length > 0) await copyFiles({ from: source, to: target, files: edited, signal });
  const deleted = await filterBy(await listDeleted(source, signal), async (path) => {
    const folder = await changedAt(dirname(joinPath(source, path).toString()));
    return folder > since && (await changedAt(joinPath(target, path))) > 0;
  });
  await Promise.all(deleted.map((path) => rm(joinPath(target, path), { force: true })));
  return [...edited, ...deleted].map((path) => Buffer.from(path, 'latin1').toString()).toSorted();
}

/** By the inode's time of change: a file that is moved here keeps its older time of modification. 0: there is none. */
async function changedAt(path: Buffer | string): Promise<number> {
  try {
    return (await lstat(path)).ctimeMs;
  } catch {
    return 0;
  }
}

async function filterBy<T>(items: readonly T[], keep: (item: T) => Promise<boolean>): Promise<T[]> {
  const kept = await Promise.all(items.map(keep));
  return items.filter((_, index) => kept[index]);
}

async function listDeleted(source: string, signal: AbortSignal): Promise<PathBytes[]> {
  const words = ['-c', 'safe.directory=*', 'ls-files', '-z', '--deleted'];
  const listed = await runGit(words, { cwd: source, signal });
  return listed.kind === 'exited' && listed.exitCode === 0 ? splitPaths(listed.stdout) : [];
}
