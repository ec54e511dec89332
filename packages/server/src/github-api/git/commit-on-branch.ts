import { nameOf } from '../../access/permission.ts';
import { makerOf, type RepositoryCall } from '../github-context.ts';
import { findCommit } from './find-commit.ts';
import { type Person, type TreeEntry, writeCommit, writeTree } from './write-objects.ts';
import { createRef, updateRef } from './write-refs.ts';

export interface NamedPerson {
  name: string;
  email: string;
  date?: string | undefined;
}

/** Who is named in a commit; default: whoever asks, at an address that reaches nobody. */
export function personOf(call: RepositoryCall, given: NamedPerson | undefined): Person {
  const { c, context } = call;
  const date = given?.date ?? new Date(context.now()).toISOString();
  if (given !== undefined) return { name: given.name, email: given.email, date };
  const name = makerOf(c.var.principal);
  const host = new URL(context.publicUrl).hostname;
  return { name, email: `${nameOf(c.var.principal)}@users.noreply.${host}`, date };
}

/** A commit at the tip of a branch, which may be the first of a repository. @returns its hash */
export async function commitOnBranch(
  call: RepositoryCall,
  change: {
    branch: string;
    /** The tip that was looked at; null: there is none. */
    head: string | null;
    entries: readonly TreeEntry[];
    message: string;
    author: Person;
    committer: Person;
  },
): Promise<string> {
  const { branch, head, entries, message, author, committer } = change;
  const tree = await writeTree(call, { base: head, entries });
  const parents = head === null ? [] : [head];
  const sha = await writeCommit(call, { tree, parents, message, author, committer });
  const ref = `refs/heads/${branch}`;
  if (head === null) await createRef(call, { ref, sha });
  else await updateRef(call, { ref, sha, force: false });
  return sha;
}

export function branchTip(call: RepositoryCall, branch: string): Promise<string | null> {
  return findCommit(call.directory, `refs/heads/${branch}`);
}
