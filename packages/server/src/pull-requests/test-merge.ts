import type { EventSources } from '../events/event-sources.ts';
import { repositoryDirectory } from '../repositories/bare-repository.ts';
import { git } from '../repositories/git.ts';
import { commitTree, mergeTree } from '../repositories/merge-commits.ts';

/** A pull request as git sees it. */
export interface PullBranches {
  project: string;
  number: number;
  headSha: string;
  baseSha: string;
}

/**
 * Makes `refs/pull/N/head`, and `refs/pull/N/merge` that jobs run on: what the base would be with the head merged.
 * @returns the merge; null: they are in conflict, and there is no such ref
 */
export async function testMerge(
  { store, repositories }: EventSources,
  { project, number, headSha, baseSha }: PullBranches,
): Promise<string | null> {
  const directory = repositoryDirectory(repositories, project);
  await git(directory, ['update-ref', `refs/pull/${number}/head`, headSha]);
  const tree = await mergeTree(directory, { base: baseSha, head: headSha });
  if (tree === null) {
    await git(directory, ['update-ref', '-d', `refs/pull/${number}/merge`]);
    return null;
  }
  const slipway = { name: 'Slipway', email: `pull-${number}@slipway.invalid` };
  const merge = await commitTree(directory, {
    tree,
    parents: [baseSha, headSha],
    author: slipway,
    committer: slipway,
    message: `Merge ${headSha} into ${baseSha}\n`,
  });
  await git(directory, ['update-ref', `refs/pull/${number}/merge`, merge]);
  await store
    .insertInto('pull_request_merge')
    .values({ project, merge_sha: merge, number, head_sha: headSha })
    .onConflict((conflict) => conflict.columns(['project', 'merge_sha']).doNothing())
    .execute();
  return merge;
}
