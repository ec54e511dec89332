import type { MergeMethod } from '@slipway/contracts/api/pull-requests';
import { SlipwayError } from '@slipway/contracts/errors';
import { git } from '../repositories/git.ts';
import { commitTree, type Identity, mergeTree, rebaseCommits } from '../repositories/merge-commits.ts';
import { readPushedCommits } from '../repositories/read-commits.ts';
import type { PullRequest } from './pull-request.ts';

export interface MergeMaking {
  method: MergeMethod;
  /** Who merges. */
  by: string;
  /** Of the commit; default: from the pull request. A rebase keeps those of its commits. */
  message?: string | undefined;
}

/**
 * Makes what the base is to become, and changes no ref.
 * @returns the commit
 * @throws SlipwayError `merge-conflict`
 */
export async function makeMerge(
  directory: string,
  pullRequest: PullRequest,
  { method, by, message }: MergeMaking,
): Promise<string> {
  const { base_sha: base, head_sha: head, number, title, head_ref } = pullRequest;
  const committer: Identity = { name: by, email: `${by}@slipway.invalid` };
  if (method === 'rebase') return rebaseCommits(directory, { base, head }, committer);
  const tree = await mergeTree(directory, { base, head });
  if (tree === null) throw new SlipwayError('merge-conflict');
  if (method === 'merge') {
    return commitTree(directory, {
      tree,
      parents: [base, head],
      author: committer,
      committer,
      message: ended(message ?? `Merge pull request #${number} from ${head_ref}\n\n${title}`),
    });
  }
  const { author, text } = await squashed(directory, pullRequest);
  return commitTree(directory, { tree, parents: [base], author, committer, message: ended(message ?? text) });
}

/** Whose commits they are: of the first one, and of the others by trailers, as on GitHub. */
async function squashed(
  directory: string,
  { base_sha, head_sha, number, title, body, author: opener }: PullRequest,
): Promise<{ author: Identity; text: string }> {
  const before = (await git(directory, ['merge-base', base_sha, head_sha])).trim();
  const commits = await readPushedCommits(directory, { before, after: head_sha });
  const people = new Map(commits.map(({ author }) => [author.email.toLowerCase(), author]));
  const [first, ...others] = people.values();
  const author = first ?? { name: opener, email: `${opener}@slipway.invalid` };
  const trailers = others.map(({ name, email }) => `Co-authored-by: ${name} <${email}>`);
  const parts = [`${title} (#${number})`, body.trim(), trailers.join('\n')].filter((part) => part !== '');
  return { author: { name: author.name, email: author.email }, text: parts.join('\n\n') };
}

function ended(message: string): string {
  return `${message.trimEnd()}\n`;
}
