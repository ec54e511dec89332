import { SlipwayError } from '@slipway/contracts/errors';
import type { Payload } from '@slipway/workflow/triggers';
import type { Acceptance } from '../controller/accept-event.ts';
import type { Project } from '../projects/find-project.ts';
import { repositoryDirectory } from '../repositories/bare-repository.ts';
import { GitError, git } from '../repositories/git.ts';
import { mergeBase, readChangedFiles } from '../repositories/read-commits.ts';
import { findRef } from './dispatch-workflow.ts';
import type { EventSources } from './event-sources.ts';
import { takeProjectEvent } from './take-event.ts';

export interface PullRequestEvent {
  action: string;
  number: number;
  /** Branch. */
  head: string;
  /** Branch; default: the default branch. */
  base?: string | undefined;
  title?: string | undefined;
  merged?: boolean | undefined;
  actor: string;
}

/**
 * Takes in what happened to a pull request between two branches of a hosted repository: makes `refs/pull/N/head` and `refs/pull/N/merge`, and
 * starts workflows on the merge.
 * @throws SlipwayError `not-hosted`, `unknown-ref`, `merge-conflict`
 */
export async function takePullRequest(
  sources: EventSources,
  project: Project,
  { action, number, actor, title, merged = false, ...branches }: PullRequestEvent,
): Promise<Acceptance | null> {
  if (project.settings.source.kind !== 'hosted') throw new SlipwayError('not-hosted');
  const directory = repositoryDirectory(sources.repositories, project.name);
  const head = await findBranch(sources, project, branches.head, 'head');
  const base = await findBranch(sources, project, branches.base ?? project.settings.defaultBranch, 'base');
  const merge = merged ? base.sha : await mergeCommit(directory, { number, head, base });
  await git(directory, ['update-ref', `refs/pull/${number}/head`, head.sha]);
  await git(directory, ['update-ref', `refs/pull/${number}/merge`, merge]);
  const forkPoint = (await mergeBase(directory, head.sha, base.sha)) ?? base.sha;
  const pullRequest: Payload = {
    number,
    merged,
    state: action === 'closed' ? 'closed' : 'open',
    merge_commit_sha: merge,
    ...(title !== undefined && { title }),
    head: { ref: branches.head, sha: head.sha },
    base: { ref: base.name, sha: base.sha },
  };
  const happened = {
    deliveryId: `pull_request:${number}:${action}:${head.sha}:${base.sha}:${sources.now()}`,
    subject: { ref: head.ref, sha: head.sha },
    baseSha: base.sha,
    changedFiles: await readChangedFiles(directory, { before: forkPoint, after: head.sha }),
    payload: { action, number, pull_request: pullRequest },
    actor,
  };
  const target = { ...happened, deliveryId: `target:${happened.deliveryId}`, keep: false };
  await takeProjectEvent(sources, project, { ...target, name: 'pull_request_target' });
  return takeProjectEvent(sources, project, { ...happened, name: 'pull_request' });
}

interface Branch {
  name: string;
  ref: string;
  sha: string;
}

async function findBranch(
  sources: EventSources,
  project: Project,
  name: string,
  field: string,
): Promise<Branch> {
  const { ref, sha } = await findRef(sources, project, `refs/heads/${name}`).catch((cause: unknown) => {
    throw new SlipwayError('unknown-ref', { message: `There is no branch '${name}'.`, field, cause });
  });
  return { name, ref, sha };
}

/** What the base would be with the head merged. */
async function mergeCommit(
  directory: string,
  { number, head, base }: { number: number; head: Branch; base: Branch },
): Promise<string> {
  try {
    const tree = await git(directory, ['merge-tree', '--write-tree', base.sha, head.sha]);
    const message = `Merge ${head.sha} into ${base.sha}`;
    const person = { name: 'Slipway', email: `pull-${number}@slipway.invalid` };
    const env = {
      GIT_AUTHOR_NAME: person.name,
      GIT_AUTHOR_EMAIL: person.email,
      GIT_COMMITTER_NAME: person.name,
      GIT_COMMITTER_EMAIL: person.email,
    };
    const parents = ['-p', base.sha, '-p', head.sha];
    return (await git(directory, ['commit-tree', tree.trim(), ...parents, '-m', message], { env })).trim();
  } catch (cause) {
    if (!(cause instanceof GitError)) throw cause;
    throw new SlipwayError('merge-conflict', { cause, field: 'head' });
  }
}
