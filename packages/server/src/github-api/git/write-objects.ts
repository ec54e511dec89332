import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { GitError, git } from '../../repositories/git.ts';
import type { RepositoryCall } from '../github-context.ts';
import { GithubError } from '../github-error.ts';

export interface Person {
  name: string;
  email: string;
  /** RFC 3339. */
  date: string;
}

/** What a tree gets; `blob` null: the path goes. */
export interface TreeEntry {
  path: string;
  mode: '100644' | '100755' | '040000' | '160000' | '120000';
  blob: string | null;
}

/** @throws SlipwayError `storage-full` */
export async function writeBlob(call: RepositoryCall, content: Uint8Array): Promise<string> {
  const directory = roomIn(call);
  return (await git(directory, ['hash-object', '-w', '--stdin'], { input: content })).trim();
}

/**
 * A tree with these entries over those of another one.
 * @throws GithubError 422; SlipwayError `storage-full`
 */
export async function writeTree(
  call: RepositoryCall,
  { base, entries }: { base: string | null; entries: readonly TreeEntry[] },
): Promise<string> {
  const directory = roomIn(call);
  const index = path.join(directory, `slipway-index-${randomUUID()}`);
  const env = { GIT_INDEX_FILE: index };
  try {
    await git(directory, ['read-tree', base ?? '--empty'], { env });
    const removed = entries.filter(({ blob }) => blob === null);
    const lines = [
      ...removed.map(({ path: at }) => `0 ${'0'.repeat(40)}\t${at}`),
      ...entries.flatMap(lineOf),
    ];
    await git(directory, ['update-index', '--add', '--replace', '-z', '--index-info'], {
      env,
      input: lines.map((line) => `${line}\0`).join(''),
    });
    for (const { path: at, blob } of entries.filter(({ mode }) => mode === '040000')) {
      await git(directory, ['read-tree', `--prefix=${at}/`, blob ?? ''], { env });
    }
    return (await git(directory, ['write-tree'], { env })).trim();
  } catch (error) {
    throw refusalOf('tree', error);
  } finally {
    await rm(index, { force: true });
    await rm(`${index}.lock`, { force: true });
  }
}

/** @throws GithubError 422; SlipwayError `storage-full` */
export async function writeCommit(
  call: RepositoryCall,
  commit: { tree: string; parents: readonly string[]; message: string; author: Person; committer: Person },
): Promise<string> {
  const { tree, parents, message, author, committer } = commit;
  const directory = roomIn(call);
  const env = {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_AUTHOR_DATE: author.date,
    GIT_COMMITTER_NAME: committer.name,
    GIT_COMMITTER_EMAIL: committer.email,
    GIT_COMMITTER_DATE: committer.date,
  };
  const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent])];
  try {
    return (await git(directory, args, { env, input: message })).trim();
  } catch (error) {
    throw refusalOf('commit', error);
  }
}

/** An annotated tag. @throws GithubError 422; SlipwayError `storage-full` */
export async function writeTag(
  call: RepositoryCall,
  tag: { name: string; object: string; type: string; message: string; tagger: Person },
): Promise<string> {
  const { name, object, type, message, tagger } = tag;
  const directory = roomIn(call);
  const seconds = Math.floor(Date.parse(tagger.date) / 1000);
  const who = `${tagger.name.replace(/[<>\n]/g, '')} <${tagger.email.replace(/[<>\n]/g, '')}>`;
  const input = `object ${object}\ntype ${type}\ntag ${name}\ntagger ${who} ${seconds} +0000\n\n${message}\n`;
  try {
    return (await git(directory, ['mktag'], { input })).trim();
  } catch (error) {
    throw refusalOf('tag', error);
  }
}

/** The repository, if something may be written to it. */
function roomIn({ context, directory }: RepositoryCall): string {
  context.assertRoom();
  return directory;
}

function refusalOf(what: string, error: unknown): unknown {
  if (!(error instanceof GitError)) return error;
  return new GithubError(422, `The ${what} cannot be made: ${error.message}`, { cause: error });
}

function lineOf({ path: at, mode, blob }: TreeEntry): string[] {
  return blob === null || mode === '040000' ? [] : [`${mode} ${blob}\t${at}`];
}

/** A path below the root of a repository, as git writes it. */
export function isTreePath(at: string): boolean {
  const parts = at.split('/');
  return (
    at.length <= 4096 &&
    parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/^\.git$/i.test(part)) &&
    !/[\0\n]/.test(at)
  );
}
