import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runGit } from '../git/run-git.ts';
import { exists } from '../workspace/exists.ts';
import { ActionError } from './action-error.ts';
import { fetchCommit, type RemoteOptions } from './remote-repository.ts';
import type { RemoteUses } from './uses.ts';
import { writeAtomically } from './write-atomically.ts';

/**
 * Actions by commit, under `<home>/actions`:
 *
 *     <owner>/<repo>/commits/<sha>/…   the files; complete and immutable, because they come by rename
 *     <owner>/<repo>/refs/<ref>        the commit that a ref named when it was last asked for
 *     .incoming/<random>/              fetches under way, or left by a killed process
 */
export interface CommitCache {
  /** The folder with the commit's files, fetched if need be and allowed. */
  directoryOf(uses: RemoteUses, sha: string, signal: AbortSignal): Promise<string>;
  has(uses: RemoteUses, sha: string): Promise<boolean>;
  rememberRef(uses: RemoteUses, sha: string): Promise<void>;
  /** What {@link rememberRef} was told last. */
  recallRef(uses: RemoteUses): Promise<string | undefined>;
}

export function createCommitCache(home: string, remote: RemoteOptions): CommitCache {
  const root = join(home, 'actions');
  const commitDirectory = (uses: RemoteUses, sha: string) =>
    join(repositoryFolder(root, uses), 'commits', sha);
  return {
    async directoryOf(uses, sha, signal) {
      const directory = commitDirectory(uses, sha);
      if (!(await exists(directory))) await fetchInto(directory, { uses, sha, root, remote, signal });
      return directory;
    },
    has: (uses, sha) => exists(commitDirectory(uses, sha)),
    rememberRef: (uses, sha) => writeAtomically(refFile(root, uses), `${sha}\n`),
    async recallRef(uses) {
      const content = await readFile(refFile(root, uses), 'utf8').catch(() => '');
      return content.trim() || undefined;
    },
  };
}

/** GitHub's names ignore case. */
function repositoryFolder(root: string, uses: RemoteUses): string {
  return join(root, uses.repository.toLowerCase());
}

function refFile(root: string, uses: RemoteUses): string {
  return join(repositoryFolder(root, uses), 'refs', encodeURIComponent(uses.ref));
}

interface Fetch {
  uses: RemoteUses;
  sha: string;
  root: string;
  remote: RemoteOptions;
  signal: AbortSignal;
}

async function fetchInto(directory: string, { uses, sha, root, remote, signal }: Fetch): Promise<void> {
  await removeAbandoned(join(root, '.incoming'));
  const incoming = join(root, '.incoming', randomUUID());
  const gitDirectory = join(incoming, 'git');
  const files = join(incoming, 'files');
  try {
    await mkdir(files, { recursive: true });
    const format = sha.length === 64 ? ['--object-format=sha256'] : [];
    await run(['init', '--quiet', '--bare', '--template=', ...format, gitDirectory], remote, signal);
    await fetchCommit(uses, sha, gitDirectory, remote, signal);
    // Bytes as committed, whatever this machine's git is configured to make of line ends.
    const exact = ['-c', 'core.autocrlf=false', '-c', 'core.bare=false', '-c', 'advice.detachedHead=false'];
    await run(
      ['--git-dir', gitDirectory, '--work-tree', files, ...exact, 'checkout', '--quiet', sha],
      remote,
      signal,
    );
    await mkdir(dirname(directory), { recursive: true });
    await moveInto(files, directory);
  } finally {
    await rm(incoming, { recursive: true, force: true });
  }
}

/** Another run may have been faster: the same commit has the same files. */
async function moveInto(files: string, directory: string): Promise<void> {
  try {
    await rename(files, directory);
  } catch (error) {
    if (!(await exists(directory))) throw error;
  }
}

async function run(args: string[], remote: RemoteOptions, signal: AbortSignal): Promise<void> {
  const result = await runGit(args, { env: remote.env, signal });
  if (result.kind === 'exited' && result.exitCode === 0) return;
  const words = result.kind === 'exited' ? result.stderr.trim() : result.kind;
  throw new ActionError(
    'git-failed',
    `git ${args[0]} failed: ${words}`,
    'Mend what git complains of and run again.',
  );
}

const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

async function removeAbandoned(incoming: string): Promise<void> {
  const names = await readdir(incoming).catch(() => []);
  for (const name of names) {
    const path = join(incoming, name);
    const modified = await stat(path).catch(() => undefined);
    if (modified && Date.now() - modified.mtimeMs > ABANDONED_AFTER_MS)
      await rm(path, { recursive: true, force: true });
  }
}
