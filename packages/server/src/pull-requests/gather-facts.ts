import type { EventFacts, Payload } from '@slipway/workflow/triggers';
import type { EventSources } from '../events/event-sources.ts';
import type { Project } from '../projects/find-project.ts';
import type { CheckState, MergeFacts } from '../protection/assess-merge.ts';
import { type CodeOwnersRule, codeOwnersPaths, readCodeOwners } from '../protection/code-owners.ts';
import type { ProtectionRules } from '../protection/protection-rules.ts';
import { readContexts } from '../protection/read-contexts.ts';
import { unneededChecks } from '../protection/unneeded-checks.ts';
import { repositoryDirectory } from '../repositories/bare-repository.ts';
import { git } from '../repositories/git.ts';
import {
  isAncestor,
  mergeBase,
  noCommit,
  readChangedFiles,
  readCommit,
  readFileAt,
} from '../repositories/read-commits.ts';
import { readCommitWorkflows } from '../repositories/read-workflows.ts';
import { listHeldEvents } from './held-events.ts';
import { lastWords, listReviews, type PullRequest, type Review } from './pull-request.ts';
import { mayStillWrite } from './reviewer-standing.ts';

/** A pull request that is to get into its base. */
export interface MergeWish {
  pullRequest: PullRequest;
  rules: ProtectionRules;
  /** The base gets merge commits. */
  bringsMerges: boolean;
}

/** What decides on a merge, as the store and git have it now. */
export async function gatherMergeFacts(
  sources: EventSources,
  project: Project,
  { pullRequest, rules, bringsMerges }: MergeWish,
): Promise<MergeFacts> {
  const { head_sha: headSha, base_sha: baseSha, base_ref, author, number } = pullRequest;
  const directory = repositoryDirectory(sources.repositories, project.name);
  const forkPoint = (await mergeBase(directory, headSha, baseSha)) ?? baseSha;
  const changedFiles = await readChangedFiles(directory, { before: forkPoint, after: headSha });
  const event = {
    name: 'pull_request',
    base: base_ref,
    ref: `refs/pull/${number}/merge`,
    changedFiles,
  } as const;
  const withOwners = rules.reviews?.codeOwners === true;
  const reviews = await standingReviews(sources, project.name, number);
  return {
    checks: await gatherChecks(sources, project, {
      contexts: contextsOf(rules),
      headSha,
      baseSha,
      event,
      number,
    }),
    isUpToDate: await isAncestor(directory, baseSha, headSha),
    bringsMerges,
    pullRequest: {
      author,
      headSha,
      reviews: reviews.map((review) => ({
        reviewer: review.reviewer,
        verdict: review.verdict === 'approved' ? 'approved' : 'changes-requested',
        headSha: review.head_sha,
      })),
      changedFiles: withOwners ? await everyChangedFile(directory, forkPoint, headSha) : [],
      codeOwners: withOwners ? await gatherCodeOwners(directory, baseSha) : [],
    },
  };
}

/** The last words of those who may write to the repository still. */
async function standingReviews({ store }: EventSources, project: string, number: number): Promise<Review[]> {
  const standing: Review[] = [];
  for (const review of lastWords(await listReviews(store, { project, number }))) {
    if (await mayStillWrite(store, { reviewer: review.reviewer, project })) standing.push(review);
  }
  return standing;
}

function contextsOf({ statusChecks }: ProtectionRules): readonly string[] {
  return statusChecks?.contexts ?? [];
}

/** A change, and the event that its checks run on. */
export interface CheckedChange {
  /** Those that are required. */
  contexts: readonly string[];
  headSha: string;
  baseSha: string;
  event: {
    name: 'pull_request' | 'push';
    /** Branch. */
    base: string;
    ref: string;
    changedFiles: string[] | undefined;
  };
  /** Of a pull request, whose runs may have to wait. */
  number?: number;
}

/** What is said of a commit, and of required checks that nothing is said of why. */
export async function gatherChecks(
  sources: EventSources,
  project: Project,
  change: CheckedChange,
): Promise<Map<string, CheckState>> {
  const { contexts, headSha: sha, number } = change;
  const checks = new Map<string, CheckState>(
    await readContexts(sources.store, { project: project.name, sha }),
  );
  const unknown = contexts.filter((context) => !checks.has(context));
  if (unknown.length === 0) return checks;
  const held =
    number === undefined ? [] : await listHeldEvents(sources, project.name, { number, state: 'held' });
  if (held.some(({ head_sha }) => head_sha === sha)) {
    for (const context of unknown) checks.set(context, 'held');
    return checks;
  }
  for (const context of await gatherUnneeded(sources, project, { ...change, contexts: unknown })) {
    checks.set(context, 'not-needed');
  }
  return checks;
}

async function gatherUnneeded(
  { repositories, models, readRemote }: EventSources,
  project: Project,
  { contexts, headSha, baseSha, event: { name, base, ref, changedFiles } }: CheckedChange,
): Promise<string[]> {
  const directory = repositoryDirectory(repositories, project.name);
  const commit = await readCommit(directory, headSha);
  // Nothing was told of a commit that is only about to come, or of a branch that is new: nothing can have been kept from running.
  if (commit === null || baseSha === noCommit) return [];
  const read = async (sha: string) =>
    (await readCommitWorkflows({ directory, sha, models, readRemote })).workflows;
  const { message } = commit;
  const payload: Payload =
    name === 'push'
      ? { ref, head_commit: { message } }
      : { action: 'synchronize', pull_request: { base: { ref: base }, head: { sha: headSha } } };
  const event: EventFacts = {
    name,
    payload,
    ref,
    sha: headSha,
    headMessage: message,
    ...(changedFiles !== undefined && { changedFiles }),
  };
  return unneededChecks(contexts, { base: await read(baseSha), head: await read(headSha) }, event);
}

/** However many there are: each may have an owner. */
async function everyChangedFile(directory: string, from: string, to: string): Promise<string[]> {
  const text = await git(directory, ['diff', '--name-only', '--no-renames', '-z', from, to, '--']);
  return text.split('\0').filter((path) => path !== '');
}

async function gatherCodeOwners(directory: string, revision: string): Promise<CodeOwnersRule[]> {
  for (const path of codeOwnersPaths) {
    const content = await readFileAt(directory, { revision, path });
    if (content !== null) return readCodeOwners(content);
  }
  return [];
}
