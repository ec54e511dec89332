import { commitOf, GitError, git } from './git-head.ts';

/** Git's name for a tree without files. */
const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/** What the event's changes are counted from. */
export type ChangeBase =
  /** A push: what the branch's upstream has, else the commit before the head's, else nothing. */
  | { kind: 'push' }
  /** A pull request: where the histories of the head and of the branch parted. */
  | { kind: 'pull-request'; into: string };

/**
 * Files that differ from the base, uncommitted and untracked ones included: what a commit of everything and a push would change.
 * @throws GitError
 */
export async function readChangedPaths(root: string, base: ChangeBase): Promise<string[]> {
  const from = base.kind === 'push' ? await pushBase(root) : await forkPoint(root, base.into);
  const [tracked, untracked] = await Promise.all([
    git(root, ['diff', '--name-only', '--no-renames', '-z', from, '--']),
    git(root, ['ls-files', '--others', '--exclude-standard', '-z']),
  ]);
  for (const { failed, stderr } of [tracked, untracked]) if (failed) throw new GitError(stderr.trim());
  const paths = [...tracked.stdout.split('\0'), ...untracked.stdout.split('\0')];
  return paths.filter((path) => path !== '');
}

async function pushBase(root: string): Promise<string> {
  const [upstream, head, parent] = await Promise.all(
    ['@{upstream}', 'HEAD', 'HEAD~1'].map((one) => commitOf(root, one)),
  );
  // What is pushed already is no reason to say that nothing has changed.
  return (upstream !== head ? upstream : null) ?? parent ?? emptyTree;
}

async function forkPoint(root: string, branch: string): Promise<string> {
  const base =
    (await commitOf(root, `refs/remotes/origin/${branch}`)) ?? (await commitOf(root, `refs/heads/${branch}`));
  if (base === null) return emptyTree;
  const { stdout, failed } = await git(root, ['merge-base', base, 'HEAD']);
  return failed ? base : stdout.trim();
}
