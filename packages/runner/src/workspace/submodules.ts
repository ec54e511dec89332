import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runGit } from '../git/run-git.ts';
import { borrowRepository } from './borrowed-repository.ts';
import { copyFiles } from './copy-files.ts';
import { displayPath } from './path-bytes.ts';
import { readSourceTree, type SourceRepository } from './source-tree.ts';

export interface SubmoduleOptions {
  source: SourceRepository;
  target: string;
  /** Input `submodules`: `none` leaves their folders empty, as on GitHub. */
  depth: 'none' | 'direct' | 'recursive';
  warn: (message: string) => void;
  signal: AbortSignal;
}

/** Copies the submodules that are checked out in the source; each gets a `.git` of its own. */
export async function checkoutSubmodules(options: SubmoduleOptions): Promise<void> {
  const { source, depth } = options;
  if (depth === 'none' || !source.files.includes('.gitmodules')) return;
  for (const path of await listSubmodules(source, options.signal)) {
    await checkoutSubmodule(path, options);
  }
}

/** Paths of the index's entries with a link's mode. */
async function listSubmodules(source: SourceRepository, signal: AbortSignal): Promise<string[]> {
  const result = await runGit(['-c', 'safe.directory=*', 'ls-files', '--stage', '-z'], {
    cwd: source.root,
    signal,
  });
  if (result.kind !== 'exited') return [];
  const entries = result.stdout.toString().split('\0');
  return entries
    .filter((entry) => entry.startsWith('160000 '))
    .map((entry) => entry.slice(entry.indexOf('\t') + 1));
}

async function checkoutSubmodule(path: string, options: SubmoduleOptions): Promise<void> {
  const { target, depth, warn, signal } = options;
  const root = join(options.source.root, path);
  const present = await stat(join(root, '.git')).catch(() => undefined);
  const source = present === undefined ? undefined : await readSourceTree(root, signal);
  if (source?.kind !== 'repository') {
    warn(
      `Submodule '${displayPath(path)}' is not checked out here: run git submodule update --init in the repository.`,
    );
    return;
  }
  const workspace = join(target, path);
  const originUrl = source.config.find(([key]) => key === 'remote.origin.url')?.[1] ?? '';
  await copyFiles({ from: root, to: workspace, files: source.files, signal });
  await borrowRepository({ source, workspace, originUrl, settings: [], signal });
  if (depth === 'recursive') await checkoutSubmodules({ ...options, source, target: workspace });
}
