import { GitError, git } from './git-head.ts';

const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

export interface ChangeBase {
  /** The commit that the other side has, or null for all that is here. */
  base: string | null;
  /** Compare with the commit where both histories part, as a pull request does. */
  sinceFork: boolean;
}

/**
 * Files that differ from `base`, uncommitted and untracked ones included: what a commit of everything and a push would change.
 * @throws GitError
 */
export async function readChangedPaths(root: string, { base, sinceFork }: ChangeBase): Promise<string[]> {
  const from = base === null ? emptyTree : sinceFork ? await mergeBase(root, base) : base;
  const [tracked, untracked] = await Promise.all([
    git(root, ['diff', '--name-only', '--no-renames', '-z', from, '--']),
    git(root, ['ls-files', '--others', '--exclude-standard', '-z']),
  ]);
  for (const { failed, stderr } of [tracked, untracked]) if (failed) throw new GitError(stderr.trim());
  const paths = [...tracked.stdout.split('\0'), ...untracked.stdout.split('\0')];
  return paths.filter((path) => path !== '');
}

async function mergeBase(root: string, base: string): Promise<string> {
  const { stdout, failed } = await git(root, ['merge-base', base, 'HEAD']);
  return failed ? base : stdout.trim();
}
