import type { ModelCache } from '../workflows/model-cache.ts';
import type { GitFiles } from './git-files.ts';

/** What is checked out. */
export interface GitHead extends GitCommit {
  /** Without `refs/heads/`; null when detached. */
  branch: string | null;
  /** Of a detached head: the tags on its commit, `refs/tags/…`. */
  tags: string[];
}

export interface GitCommit {
  sha: string;
  tree: string;
  parents: string[];
  author: GitPerson;
  committer: GitPerson;
  message: string;
}

export interface GitPerson {
  name: string;
  email: string;
  /** ISO 8601. */
  date: string;
}

/** Git could not answer; the message is git's own. */
export class GitError extends Error {
  override readonly name = 'GitError';
}

const fields = ['%H', '%T', '%P', '%an', '%ae', '%aI', '%cn', '%ce', '%cI', '%D', '%B'];

/**
 * Everything about the checked out commit: a commit never changes, so that git is asked only for one that is new here.
 * @returns null in a repository without a commit.
 * @throws GitError
 */
export async function readGitHead(
  root: string,
  { files, cache }: { files: GitFiles; cache: ModelCache },
): Promise<GitHead | null> {
  const { checkedOut } = files;
  if (checkedOut === null) return askGit(root);
  const known = cache.find('commit', checkedOut.sha);
  if (known !== undefined) return { ...(known as GitCommit), branch: checkedOut.branch, tags: [] };
  const head = await askGit(root);
  if (head === null) return null;
  const { branch, tags, ...commit } = head;
  cache.keep('commit', head.sha, commit);
  return head;
}

async function askGit(root: string): Promise<GitHead | null> {
  const answer = await git(root, [
    ...['-c', 'log.showSignature=false', 'log', '-1', '--no-color', '--decorate=full'],
    `--format=${fields.join('%x00')}`,
  ]);
  if (answer.failed && /does not have any commits|bad default revision/.test(answer.stderr)) return null;
  if (answer.failed) throw new GitError(answer.stderr.trim());
  const parts = answer.stdout.split('\0');
  const [sha = '', tree = '', parents = '', an = '', ae = '', aI = '', cn = '', ce = '', cI = ''] = parts;
  const decorations = (parts[9] ?? '').split(', ').filter((one) => one !== '');
  const branch = checkedOutBranch(decorations);
  return {
    sha,
    tree,
    parents: parents.split(' ').filter((one) => one !== ''),
    branch,
    tags: branch === null ? decorations.flatMap((one) => /^tag: (.+)/.exec(one)?.[1] ?? []) : [],
    author: { name: an, email: ae, date: aI },
    committer: { name: cn, email: ce, date: cI },
    message: (parts[10] ?? '').replace(/\n+$/, ''),
  };
}

function checkedOutBranch(decorations: readonly string[]): string | null {
  const head = decorations.find((one) => one.startsWith('HEAD -> refs/heads/'));
  return head === undefined ? null : head.slice('HEAD -> refs/heads/'.length);
}

/** The sha of a revision, or null if there is none. */
export async function commitOf(root: string, revision: string): Promise<string | null> {
  const { stdout, failed } = await git(root, ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`]);
  return failed ? null : stdout.trim();
}

interface GitAnswer {
  stdout: string;
  stderr: string;
  failed: boolean;
}

/** Never waits for a password or a pager, and takes no lock that another git would wait for. */
export async function git(root: string, args: readonly string[]): Promise<GitAnswer> {
  const { execFile } = await import('node:child_process');
  const env = { ...process.env, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
  const options = { cwd: root, env, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    execFile('git', args, options, (error, stdout, stderr) => {
      if (error !== null && error.code === 'ENOENT') {
        reject(new GitError('git is not installed or not on the PATH'));
      } else resolve({ stdout, stderr, failed: error !== null });
    });
  });
}
