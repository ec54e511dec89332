import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { borrowRepository } from './borrowed-repository.ts';
import { copyFiles } from './copy-files.ts';
import { exists } from './exists.ts';
import { displayPath, joinPath } from './path-bytes.ts';
import { readSourceTree, type SourceRepository } from './source-tree.ts';

export interface SubmoduleOptions {
  source: SourceRepository;
  target: string;
  /** Input `submodules`: `none` leaves their folders empty, as on GitHub. */
  depth: 'none' | 'direct' | 'recursive';
  /** What to do about one that is not checked out in the source. */
  mend: string;
  warn: (message: string) => void;
  signal: AbortSignal;
}

/** Copies the submodules that are checked out in the source; each gets a `.git` of its own. */
export async function checkoutSubmodules(options: SubmoduleOptions): Promise<void> {
  const { source, target, depth } = options;
  for (const path of source.submodules) {
    await mkdir(joinPath(target, path), { recursive: true });
    if (depth !== 'none') await checkoutSubmodule(displayPath(path), options);
  }
}

async function checkoutSubmodule(path: string, options: SubmoduleOptions): Promise<void> {
  const { target, depth, mend, warn, signal } = options;
  const root = join(options.source.root, path);
  const source = (await exists(join(root, '.git'))) ? await readSourceTree(root, signal) : undefined;
  if (source?.kind !== 'repository') {
    warn(`Submodule '${path}' is not checked out here: ${mend}.`);
    return;
  }
  const workspace = join(target, path);
  const originUrl = source.config.find(([key]) => key === 'remote.origin.url')?.[1] ?? '';
  await copyFiles({ from: root, to: workspace, files: source.files, signal });
  await borrowRepository({ source, workspace, originUrl, settings: [], signal });
  const deeper = depth === 'recursive' ? 'recursive' : 'none';
  await checkoutSubmodules({ ...options, source, target: workspace, depth: deeper });
}
