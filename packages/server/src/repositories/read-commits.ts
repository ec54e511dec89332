import type { CommitFacts } from '@slipway/workflow/triggers';
import { GitError, git } from './git.ts';

export const noCommit = '0'.repeat(40);
const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
/** As on GitHub, a push tells of so many commits and no more. */
const mostCommits = 2048;
/** GitHub's path filters look at so many files. */
const mostChangedFiles = 3000;

const fields = ['%H', '%T', '%an', '%ae', '%aI', '%cn', '%ce', '%cI', '%B'].join('%x00');

/** Branches and tags of a repository: full name to the commit or tag object that it names. */
export async function readRefs(directory: string): Promise<Map<string, string>> {
  const text = await git(directory, [
    'for-each-ref',
    '--format=%(objectname) %(refname)',
    'refs/heads',
    'refs/tags',
  ]);
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(lines.map((line) => [line.slice(41), line.slice(0, 40)]));
}

/**
 * A commit by any name that git knows.
 * @returns null if there is none
 */
export async function readCommit(directory: string, revision: string): Promise<CommitFacts | null> {
  try {
    const text = await git(directory, [
      'log',
      '-1',
      `--format=${fields}`,
      '--end-of-options',
      revision,
      '--',
    ]);
    return parseCommit(text);
  } catch (error) {
    if (error instanceof GitError) return null;
    throw error;
  }
}

/** Commits that a push brought, the oldest first; of a new branch those that no other ref had, as far as one can tell: its last. */
export async function readPushedCommits(
  directory: string,
  { before, after }: { before: string; after: string },
): Promise<CommitFacts[]> {
  const range = before === noCommit ? ['-1', after] : [`${before}..${after}`];
  const text = await git(directory, [
    'log',
    '--reverse',
    `--max-count=${mostCommits}`,
    `--format=${fields}%x01`,
    ...range,
    '--',
  ]);
  return text
    .split('\x01')
    .map((one) => one.replace(/^\n/, ''))
    .filter((one) => one !== '')
    .map(parseCommit);
}

/** Paths that differ between two commits; of a new branch those of its last commit. Undefined: too many to tell, or not known. */
export async function readChangedFiles(
  directory: string,
  { before, after }: { before: string; after: string },
  env: Record<string, string> = {},
): Promise<string[] | undefined> {
  try {
    const from = before === noCommit ? await parentOf(directory, after, env) : before;
    const text = await git(directory, ['diff', '--name-only', '--no-renames', '-z', from, after, '--'], {
      env,
    });
    const paths = text.split('\0').filter((path) => path !== '');
    return paths.length > mostChangedFiles ? undefined : paths;
  } catch (error) {
    // The commit before a forced push may be gone.
    if (error instanceof GitError) return undefined;
    throw error;
  }
}

export async function isAncestor(
  directory: string,
  older: string,
  newer: string,
  env: Record<string, string> = {},
): Promise<boolean> {
  return git(directory, ['merge-base', '--is-ancestor', older, newer], { env }).then(
    () => true,
    () => false,
  );
}

/** Where the histories of two commits parted; null if they have nothing in common. */
export async function mergeBase(directory: string, one: string, other: string): Promise<string | null> {
  return git(directory, ['merge-base', one, other]).then(
    (text) => text.trim(),
    () => null,
  );
}

/**
 * Git's id of a file, by `<revision>:<path>`; null if there is none.
 * @throws GitError if git does not say whether there is one: nobody may take that for a file that is not there
 */
export async function findBlob(
  directory: string,
  name: string,
  env: Record<string, string> = {},
): Promise<string | null> {
  const answer = await git(directory, ['cat-file', '--batch-check'], { input: `${name}\n`, env });
  return /^([0-9a-f]{40,64}) blob /.exec(answer)?.[1] ?? null;
}

/**
 * The content of a file at a commit.
 * @returns null if there is none
 * @throws GitError as `findBlob`
 */
export async function readFileAt(
  directory: string,
  { revision, path }: { revision: string; path: string },
  env: Record<string, string> = {},
): Promise<string | null> {
  const blob = await findBlob(directory, `${revision}:${path}`, env);
  return blob === null ? null : git(directory, ['cat-file', 'blob', blob], { env });
}

async function parentOf(
  directory: string,
  commit: string,
  env: Record<string, string> = {},
): Promise<string> {
  return git(directory, ['rev-parse', '--verify', '--quiet', `${commit}^1^{commit}`], { env }).then(
    (text) => text.trim(),
    () => emptyTree,
  );
}

function parseCommit(text: string): CommitFacts {
  const parts = text.split('\0');
  const [sha = '', tree = '', name = '', email = '', date = ''] = parts;
  const [committer = '', committerEmail = '', committed = '', message = ''] = parts.slice(5);
  return {
    sha,
    tree,
    message: message.trimEnd(),
    author: { name, email, date },
    committer: { name: committer, email: committerEmail, date: committed },
  };
}
