import { SlipwayError } from '@slipway/contracts/errors';
import { GitError, git } from './git.ts';
import { isAncestor, readCommit } from './read-commits.ts';

/** As a commit names somebody. */
export interface Identity {
  name: string;
  email: string;
  /** ISO 8601; default: now. */
  date?: string;
}

export interface Branches {
  /** Commits. */
  base: string;
  head: string;
}

export interface NewCommit {
  author: Identity;
  committer: Identity;
  message: string;
}

/**
 * The base with the head merged into it, made in a bare repository.
 * @returns the tree; null: they are in conflict
 */
export async function mergeTree(directory: string, { base, head }: Branches): Promise<string | null> {
  try {
    const text = await git(directory, ['merge-tree', '--write-tree', '--no-messages', base, head]);
    return text.trim();
  } catch (error) {
    if (error instanceof GitError && error.exitCode === 1) return null;
    throw error;
  }
}

/** A commit of a tree on top of others. @returns its name */
export async function commitTree(
  directory: string,
  { tree, parents, author, committer, message }: NewCommit & { tree: string; parents: readonly string[] },
): Promise<string> {
  const env = {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    ...(author.date !== undefined && { GIT_AUTHOR_DATE: author.date }),
    GIT_COMMITTER_NAME: committer.name,
    GIT_COMMITTER_EMAIL: committer.email,
    ...(committer.date !== undefined && { GIT_COMMITTER_DATE: committer.date }),
  };
  const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent])];
  return (await git(directory, args, { env, input: message })).trim();
}

/** Commits of the head that the base has not, the oldest first; without merges. */
export async function commitsBetween(directory: string, { base, head }: Branches): Promise<string[]> {
  const text = await git(directory, [
    'rev-list',
    '--reverse',
    '--topo-order',
    '--no-merges',
    `${base}..${head}`,
  ]);
  return text.split('\n').filter((line) => line !== '');
}

/** Whether the head brings commits with several parents. */
export async function bringsMerges(
  directory: string,
  { base, head }: Branches,
  env: Record<string, string> = {},
): Promise<boolean> {
  const text = await git(directory, ['rev-list', '--merges', '--max-count=1', head, '--not', base], { env });
  return text !== '';
}

/**
 * The commits of the head again, on top of the base. Where that is where they are, they stay what they are.
 * @returns the last of them
 * @throws SlipwayError `merge-conflict`: one of them does not fit, or the whole differs from what a merge gives
 */
export async function rebaseCommits(
  directory: string,
  { base, head }: Branches,
  committer: Identity,
): Promise<string> {
  const isStraight = !(await bringsMerges(directory, { base, head }));
  if (isStraight && (await isAncestor(directory, base, head))) return head;
  let tip = base;
  for (const commit of await commitsBetween(directory, { base, head })) {
    tip = await replay(directory, { commit, onto: tip, committer });
  }
  // What lands is what was tested, or nothing does.
  const merged = await mergeTree(directory, { base, head });
  if (merged === null || merged !== (await treeOf(directory, tip))) {
    throw new SlipwayError('merge-conflict', {
      message: 'The commits cannot be rebased: squash or merge them.',
    });
  }
  return tip;
}

interface Replay {
  commit: string;
  onto: string;
  committer: Identity;
}

async function replay(directory: string, { commit, onto, committer }: Replay): Promise<string> {
  const facts = await readCommit(directory, commit);
  if (facts === null) throw new Error(`there is no commit ${commit}`);
  const parent = await treeOf(directory, `${commit}^`);
  const own = await treeOf(directory, onto);
  const tree = await pickTree(directory, { from: parent, to: facts.tree, onto: own, committer });
  if (tree === null) {
    const [subject] = facts.message.split('\n', 1);
    throw new SlipwayError('merge-conflict', {
      message: `“${subject}” (${commit.slice(0, 7)}) cannot be rebased.`,
    });
  }
  // The base has the change already.
  if (tree === own && parent !== facts.tree) return onto;
  return commitTree(directory, {
    tree,
    parents: [onto],
    author: facts.author,
    committer,
    message: `${facts.message}\n`,
  });
}

/**
 * The change from one tree to another, done to a third. Git 2.39 merges trees of commits only, and takes what they have in common for the
 * base: so the three become commits whose parent is the first.
 */
async function pickTree(
  directory: string,
  { from, to, onto, committer }: { from: string; to: string; onto: string; committer: Identity },
): Promise<string | null> {
  const commit = (tree: string, parents: readonly string[]) =>
    commitTree(directory, { tree, parents, author: committer, committer, message: 'pick\n' });
  const common = await commit(from, []);
  return mergeTree(directory, { base: await commit(onto, [common]), head: await commit(to, [common]) });
}

async function treeOf(directory: string, revision: string): Promise<string> {
  return (await git(directory, ['rev-parse', '--verify', `${revision}^{tree}`])).trim();
}
