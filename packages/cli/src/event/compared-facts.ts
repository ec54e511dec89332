import type { Workflow } from '@slipway/workflow';
import type { RepositoryFacts } from '@slipway/workflow/triggers';
import { readChangedPaths } from '../repository/changed-paths.ts';
import { commitOf } from '../repository/git-head.ts';

interface Comparison {
  root: string;
  event: string;
  workflows: readonly Workflow[];
}

/** Adds what takes git more time and only some events and workflows ask for: the base of a pull request, the changed files. */
export async function addComparedFacts(
  facts: RepositoryFacts,
  { root, event, workflows }: Comparison,
): Promise<RepositoryFacts> {
  const into = facts.defaultBranch;
  const isPullRequest = event.startsWith('pull_request');
  const [baseSha, changedFiles] = await Promise.all([
    isPullRequest ? baseOf(root, into) : null,
    workflows.some((workflow) => hasPathFilter(workflow, event))
      ? readChangedPaths(root, isPullRequest ? { kind: 'pull-request', into } : { kind: 'push' })
      : null,
  ]);
  return {
    ...facts,
    ...(baseSha === null ? {} : { baseSha }),
    ...(changedFiles === null ? {} : { changedFiles }),
  };
}

async function baseOf(root: string, branch: string): Promise<string | null> {
  return (
    (await commitOf(root, `refs/remotes/origin/${branch}`)) ?? (await commitOf(root, `refs/heads/${branch}`))
  );
}

function hasPathFilter({ on }: Workflow, event: string): boolean {
  const trigger = Object.hasOwn(on, event) ? on[event] : undefined;
  return trigger?.paths !== undefined || trigger?.pathsIgnore !== undefined;
}
