import { execFile } from 'node:child_process';

/** What is checked out. */
export interface GitHead {
  sha: string;
  tree: string;
  parents: string[];
  /** Without `refs/heads/`; null when detached. */
  branch: string | null;
  /** Full refs that point at this commit: `refs/tags/…`, `refs/heads/…`, `refs/remotes/…`. */
  refs: string[];
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
 * Everything about the checked out commit by one git process.
 * @returns null in a repository without a commit.
 * @throws GitError
 */
export async function readGitHead(root: string): Promise<GitHead | null> {
  const answer = await git(root, [
    ...['-c', 'log.showSignature=false', 'log', '-1', '--no-color', '--decorate=full'],
    `--format=${fields.join('%x00')}`,
  ]);
  if (answer.failed && /does not have any commits|bad default revision/.test(answer.stderr)) return null;
  if (answer.failed) throw new GitError(answer.stderr.trim());
  const parts = answer.stdout.split('\0');
  const [sha = '', tree = '', parents = '', an = '', ae = '', aI = '', cn = '', ce = '', cI = ''] = parts;
  const decorations = (parts[9] ?? '').split(', ').filter((one) => one !== '');
  return {
    sha,
    tree,
    parents: parents.split(' ').filter((one) => one !== ''),
    branch: checkedOutBranch(decorations),
    refs: decorations.map((one) => one.replace(/^(?:HEAD -> |tag: )/, '')),
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
export function git(root: string, args: readonly string[]): Promise<GitAnswer> {
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
