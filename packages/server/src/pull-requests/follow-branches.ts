import { SlipwayError } from '@slipway/contracts/errors';
import { recordAudit } from '../access/audit.ts';
import type { EventSources } from '../events/event-sources.ts';
import { type Pusher, whoMoved } from '../events/received-pushes.ts';
import type { Project } from '../projects/find-project.ts';
import { rulesFor } from '../protection/protection-rules.ts';
import { rulesInForce } from '../protection/rules-in-force.ts';
import { repositoryDirectory } from '../repositories/bare-repository.ts';
import { git } from '../repositories/git.ts';
import { isAncestor, noCommit, readRefs } from '../repositories/read-commits.ts';
import { dismissApprovals } from './dismiss-approvals.ts';
import { findPullRequest, openPullRequests, type PullRequest } from './pull-request.ts';
import { testMerge } from './test-merge.ts';
import { type PullRequestFact, writeChange } from './write-change.ts';

/** A merge that nobody has finished for so long is not being done any more. */
const mergingMs = 60_000;

/**
 * Makes open pull requests what their branches have become: new heads, merged by a push or by a server that was killed, closed since a branch
 * is gone. A base that only went on is seen to when somebody looks, as on GitHub. Safe to call at any time.
 * @param otherwise who is said to have done what did not come through a server
 */
export async function followBranches(
  sources: EventSources,
  project: Project,
  otherwise: string,
): Promise<void> {
  const open = await openPullRequests(sources.store, project.name);
  if (open.length === 0) return;
  const directory = repositoryDirectory(sources.repositories, project.name);
  const refs = await readRefs(directory);
  const merged = new Map<string, Set<string>>();
  for (const pullRequest of open) {
    const following: Following = { sources, project, directory, otherwise, pullRequest };
    const head = refs.get(`refs/heads/${pullRequest.head_ref}`);
    const base = refs.get(`refs/heads/${pullRequest.base_ref}`);
    if (base !== undefined && !merged.has(base)) merged.set(base, await commitsIn(directory, base));
    const isMerged = merged.get(base ?? '')?.has(head ?? pullRequest.head_sha) === true;
    await followOne(following, { head, base, isMerged }).catch(ignoreMoved);
  }
}

/**
 * A pull request with its base as that is now; one that a push has merged is as it was until that is seen to.
 * @throws SlipwayError `unknown-pull-request`
 */
export async function currentPullRequest(
  sources: EventSources,
  project: Project,
  number: number,
): Promise<PullRequest> {
  const pullRequest = await findPullRequest(sources.store, { project: project.name, number });
  if (pullRequest.state !== 'open') return pullRequest;
  const directory = repositoryDirectory(sources.repositories, project.name);
  const base = (await readRefs(directory)).get(`refs/heads/${pullRequest.base_ref}`);
  if (base === undefined || base === pullRequest.base_sha) return pullRequest;
  // Merged by a push: that the base has moved tells `followBranches` so, which is about to look.
  if (await isAncestor(directory, pullRequest.head_sha, base)) return pullRequest;
  await moveBase(sources, pullRequest, base).catch(ignoreMoved);
  return findPullRequest(sources.store, { project: project.name, number });
}

/** Which heads of branches and pull requests a branch has. */
async function commitsIn(directory: string, tip: string): Promise<Set<string>> {
  const args = [
    'for-each-ref',
    `--merged=${tip}`,
    '--format=%(objectname)',
    'refs/heads',
    'refs/pull/*/head',
  ];
  return new Set((await git(directory, args)).split('\n'));
}

interface Following {
  sources: EventSources;
  project: Project;
  directory: string;
  otherwise: string;
  pullRequest: PullRequest;
}

async function followOne(
  following: Following,
  { head, base, isMerged }: { head: string | undefined; base: string | undefined; isMerged: boolean },
): Promise<void> {
  const { sources, project, otherwise, pullRequest } = following;
  const { head_ref, head_sha, base_ref, base_sha, merging } = pullRequest;
  const whoHas = (branch: string, after = noCommit) =>
    whoMoved(sources, project.name, { ref: `refs/heads/${branch}`, after, otherwise });
  if (base === undefined) return close(following, await whoHas(base_ref));
  if (merging !== null && (await followMerge(following, { merging, base }))) return;
  if (base !== base_sha && isMerged) {
    const by = await whoHas(base_ref, base);
    return conclude(following, { headSha: head ?? head_sha, mergeCommit: base, by });
  }
  if (head === undefined) return close(following, await whoHas(head_ref));
  if (head !== head_sha) await moveHead(following, { head, base, by: await whoHas(head_ref, head) });
}

/** @returns whether there is nothing else to be done with it now */
async function followMerge(
  following: Following,
  { merging, base }: { merging: string; base: string },
): Promise<boolean> {
  const { sources, directory, pullRequest } = following;
  const { sha, by, at } = JSON.parse(merging) as Merging;
  if (await isAncestor(directory, sha, base)) {
    const { isJob } = await whoMoved(sources, pullRequest.project, {
      ref: `refs/heads/${pullRequest.base_ref}`,
      after: sha,
      otherwise: by,
    });
    await conclude(following, {
      headSha: pullRequest.head_sha,
      mergeCommit: sha,
      by: { actor: by, isJob },
    });
    return true;
  }
  if (sources.now() - at < mergingMs) return true;
  const clock = { store: sources.store, now: sources.now() };
  await writeChange(clock, pullRequest, { change: { merging: null }, fact: null });
  return true;
}

/** What is written before the base is changed. */
export interface Merging {
  /** What the base is to become. */
  sha: string;
  by: string;
  at: number;
}

async function conclude({ sources, pullRequest }: Following, merged: Merged): Promise<void> {
  const { store, now } = sources;
  await store
    .transaction()
    .execute((transaction) => writeMerged({ store: transaction, now: now() }, pullRequest, merged));
}

interface Merged {
  headSha: string;
  mergeCommit: string;
  by: Pusher;
}

/**
 * Writes that a pull request is merged, with what is told of it.
 * @throws SlipwayError `head-moved`: somebody else has written it
 */
export async function writeMerged(
  clock: { store: EventSources['store']; now: number },
  pullRequest: PullRequest,
  { headSha, mergeCommit, by }: Merged,
): Promise<PullRequest> {
  const { project, number } = pullRequest;
  const merged = await writeChange(clock, pullRequest, {
    change: {
      state: 'merged',
      head_sha: headSha,
      merged_at: clock.now,
      closed_at: clock.now,
      merged_by: by.actor,
      merge_commit_sha: mergeCommit,
      merging: null,
    },
    fact: told(by, 'closed'),
  });
  await recordAudit(clock.store, {
    at: clock.now,
    actor: by.actor,
    action: 'pull-request.merged',
    project,
    subject: `pull request ${number}`,
    outcome: 'done',
    detail: { sha: mergeCommit, head: headSha, base: pullRequest.base_ref },
  });
  return merged;
}

async function close({ sources, pullRequest }: Following, by: Pusher): Promise<void> {
  const { store, now } = sources;
  await store.transaction().execute((transaction) =>
    writeChange({ store: transaction, now: now() }, pullRequest, {
      change: { state: 'closed', closed_at: now() },
      fact: told(by, 'closed'),
    }),
  );
}

async function moveHead(
  { sources, project, pullRequest }: Following,
  { head, base, by }: { head: string; base: string; by: Pusher },
): Promise<void> {
  const { number, version, head_sha: before, base_ref } = pullRequest;
  const place = { project: project.name, number, headSha: head, baseSha: base };
  const mergeSha = await testMerge(sources, place);
  const { protection } = await rulesInForce(sources, project);
  const dismisses = rulesFor(protection, base_ref)?.reviews?.dismissStale === true;
  await sources.store.transaction().execute(async (transaction) => {
    const clock = { store: transaction, now: sources.now() };
    const change = { head_sha: head, base_sha: base, merge_sha: mergeSha, version: version + 1 };
    const fact = told(by, 'synchronize', { before, after: head });
    const moved = await writeChange(clock, pullRequest, { change, fact });
    if (dismisses) await dismissApprovals(clock, moved, by);
  });
}

/** A base that went on starts nothing, as on GitHub. */
async function moveBase(sources: EventSources, pullRequest: PullRequest, base: string): Promise<void> {
  const { project, number, head_sha: headSha } = pullRequest;
  const mergeSha = await testMerge(sources, { project, number, headSha, baseSha: base });
  const clock = { store: sources.store, now: sources.now() };
  await writeChange(clock, pullRequest, { change: { base_sha: base, merge_sha: mergeSha }, fact: null });
}

function told(
  { actor, isJob }: Pusher,
  action: string,
  extra: NonNullable<PullRequestFact['extra']> = {},
): PullRequestFact | null {
  return isJob ? null : { name: 'pull_request', action, actor, extra };
}

/** Another server, or somebody else, was quicker: the next look sees what is left to do. */
function ignoreMoved(error: unknown): void {
  if (error instanceof SlipwayError && error.code === 'head-moved') return;
  throw error;
}
