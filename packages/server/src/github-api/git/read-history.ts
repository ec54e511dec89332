import type { CommitFacts } from '@slipway/workflow/triggers';
import { GitError, git } from '../../repositories/git.ts';

export interface Commit extends CommitFacts {
  parents: string[];
}

const fields = ['%H', '%T', '%P', '%an', '%ae', '%aI', '%cn', '%ce', '%cI', '%B'].join('%x00');

export interface History {
  /** Whole hashes, or ranges of them; never what a caller typed. */
  revisions: readonly string[];
  path?: string | undefined;
  author?: string | undefined;
  /** RFC 3339. */
  since?: string | undefined;
  until?: string | undefined;
  /** Default: all. */
  offset?: number;
  limit?: number;
  oldestFirst?: boolean;
}

/** Commits, the newest first. */
export async function listCommits(directory: string, history: History): Promise<Commit[]> {
  const { offset = 0, limit, oldestFirst = false } = history;
  const text = await git(directory, [
    'log',
    `--format=${fields}%x01`,
    `--skip=${offset}`,
    ...(limit === undefined ? [] : [`--max-count=${limit}`]),
    ...(oldestFirst ? ['--reverse'] : []),
    ...selection(history),
  ]);
  return text
    .split('\x01')
    .map((one) => one.replace(/^\n/, ''))
    .filter((one) => one !== '')
    .map(parseCommit);
}

export async function countCommits(directory: string, history: History): Promise<number> {
  return Number((await git(directory, ['rev-list', '--count', ...selection(history)])).trim());
}

/** @returns null if there is no such commit */
export async function readOneCommit(directory: string, sha: string): Promise<Commit | null> {
  try {
    const [commit] = await listCommits(directory, { revisions: [sha], limit: 1 });
    return commit ?? null;
  } catch (error) {
    if (error instanceof GitError) return null;
    throw error;
  }
}

function selection({ revisions, path, author, since, until }: History): string[] {
  return [
    ...(author === undefined ? [] : ['--fixed-strings', `--author=${author}`]),
    ...(since === undefined ? [] : [`--since=${since}`]),
    ...(until === undefined ? [] : [`--until=${until}`]),
    ...revisions,
    '--',
    ...(path === undefined ? [] : [`:(top,literal)${path}`]),
  ];
}

function parseCommit(text: string): Commit {
  const parts = text.split('\0');
  const [sha = '', tree = '', parents = '', name = '', email = '', date = ''] = parts;
  const [committer = '', committerEmail = '', committed = '', ...message] = parts.slice(6);
  return {
    sha,
    tree,
    parents: parents.split(' ').filter((parent) => parent !== ''),
    message: message.join('\0').trimEnd(),
    author: { name, email, date },
    committer: { name: committer, email: committerEmail, date: committed },
  };
}
