import type { MergeMethod } from '@slipway/contracts/api/pull-requests';
import { SlipwayError } from '@slipway/contracts/errors';
import { recordAudit } from '../access/audit.ts';
import { nameOf, requirePermission } from '../access/permission.ts';
import type { Principal } from '../access/principal.ts';
import { rememberPusher } from '../events/received-pushes.ts';
import type { Project } from '../projects/find-project.ts';
import { type Admission, admit } from '../protection/admission.ts';
import { assessMerge } from '../protection/assess-merge.ts';
import { describeMissing } from '../protection/describe-missing.ts';
import { rulesFor } from '../protection/protection-rules.ts';
import { rulesInForce } from '../protection/rules-in-force.ts';
import { repositoryDirectory } from '../repositories/bare-repository.ts';
import { GitError, git } from '../repositories/git.ts';
import { currentPullRequest, type Merging, writeMerged } from './follow-branches.ts';
import { gatherMergeFacts } from './gather-facts.ts';
import { makeMerge } from './make-merge.ts';
import { findPullRequest, type PullRequest } from './pull-request.ts';
import { isAdministrator, pusherOf } from './pull-request-access.ts';
import type { PullRequestSources } from './pull-request-sources.ts';
import { writeChange } from './write-change.ts';

export interface Merge {
  principal: Principal;
  number: number;
  method: MergeMethod;
  /** The head that is meant; default: the one there is. */
  sha?: string | undefined;
  message?: string | undefined;
  /** As an administrator, where rules are not for them. */
  bypass: boolean;
}

/**
 * Merges a pull request into its base, if the rules of that are kept.
 * @throws SlipwayError `forbidden`, `unknown-pull-request`, `pull-request-closed`, `head-moved`, `merge-conflict`, `merge-blocked`, `storage-full`
 */
export async function mergePullRequest(
  sources: PullRequestSources,
  project: Project,
  merge: Merge,
): Promise<PullRequest> {
  const { principal, number } = merge;
  requirePermission(principal, 'code.write', project.name);
  sources.assertRoom();
  const actor = nameOf(principal);
  await sources.onRepositoryChanged(project, actor);
  const pullRequest = await currentPullRequest(sources, project, number);
  assertMergeable(pullRequest, merge);
  const admission = await admitMerge(sources, project, { merge, pullRequest });
  if (admission.kind !== 'allowed') await audit(sources, { merge, pullRequest, admission });
  if (admission.kind === 'refused') {
    const message = admission.missing.map(describeMissing).join(' ');
    throw new SlipwayError('merge-blocked', { message });
  }
  const merged = await carryOut(sources, project, { merge, pullRequest });
  await sources.onRepositoryChanged(project, actor);
  return merged;
}

/** What a pull request lacks to be merged in this way. */
export async function admitMerge(
  sources: PullRequestSources,
  project: Project,
  { merge, pullRequest }: { merge: Pick<Merge, 'principal' | 'method' | 'bypass'>; pullRequest: PullRequest },
): Promise<Admission> {
  const { protection } = await rulesInForce(sources, project);
  const rules = rulesFor(protection, pullRequest.base_ref);
  if (rules === null) return { kind: 'allowed' };
  const bringsMerges = merge.method === 'merge';
  const facts = await gatherMergeFacts(sources, project, { pullRequest, rules, bringsMerges });
  return admit(rules, {
    missing: assessMerge(rules, facts),
    mayBypass: merge.bypass && isAdministrator(merge.principal, project.name),
  });
}

function assertMergeable(pullRequest: PullRequest, { sha }: Merge): void {
  const { state, draft, head_sha, merge_sha } = pullRequest;
  if (state !== 'open') throw new SlipwayError('pull-request-closed');
  if (sha !== undefined && sha !== head_sha) {
    throw new SlipwayError('head-moved', {
      message: `The head is ${head_sha} now: look at that.`,
      field: 'sha',
    });
  }
  if (draft === 1) throw new SlipwayError('merge-blocked', { message: 'It is a draft.' });
  if (merge_sha === null) throw new SlipwayError('merge-conflict');
}

async function audit(
  { store, now }: PullRequestSources,
  { merge, pullRequest, admission }: AdmittedMerge,
): Promise<void> {
  const { project, number, head_sha: sha, base_ref: base } = pullRequest;
  const isRefused = admission.kind === 'refused';
  await recordAudit(store, {
    at: now(),
    actor: nameOf(merge.principal),
    action: isRefused ? 'pull-request.merged' : 'pull-request.bypassed',
    project,
    subject: `pull request ${number}`,
    outcome: isRefused ? 'refused' : 'done',
    detail: {
      sha,
      base,
      missing: admission.kind === 'allowed' ? [] : admission.missing.map(describeMissing),
    },
  });
}

interface AdmittedMerge {
  merge: Merge;
  pullRequest: PullRequest;
  admission: Admission;
}

/** First what is meant to happen, then it, then that it has: a crash in between is made good by whoever looks next. */
async function carryOut(
  sources: PullRequestSources,
  project: Project,
  { merge, pullRequest }: { merge: Merge; pullRequest: PullRequest },
): Promise<PullRequest> {
  const { store, repositories, now } = sources;
  const directory = repositoryDirectory(repositories, project.name);
  const { principal, method, message } = merge;
  const by = nameOf(principal);
  const sha = await makeMerge(directory, pullRequest, { method, by, message });
  const merging: Merging = { sha, by, at: now() };
  const clock = { store, now: now() };
  const intent = await writeChange(clock, pullRequest, {
    change: { merging: JSON.stringify(merging) },
    fact: null,
  });
  const { base_ref, base_sha, head_sha: headSha } = pullRequest;
  const moved = [{ ref: `refs/heads/${base_ref}`, after: sha }];
  await rememberPusher(sources, project.name, { moved, by: pusherOf(principal) });
  try {
    await git(directory, [
      'update-ref',
      '-m',
      `pull request ${pullRequest.number}`,
      `refs/heads/${base_ref}`,
      sha,
      base_sha,
    ]);
  } catch (cause) {
    if (!(cause instanceof GitError)) throw cause;
    await writeChange(clock, intent, { change: { merging: null }, fact: null });
    throw new SlipwayError('head-moved', { message: `${base_ref} was changed meanwhile: try again.`, cause });
  }
  const merged = { headSha, mergeCommit: sha, by: pusherOf(principal) };
  try {
    return await store
      .transaction()
      .execute((transaction) => writeMerged({ store: transaction, now: now() }, intent, merged));
  } catch (error) {
    // Who has looked meanwhile has seen that it is done, and written it.
    const written = await findPullRequest(store, { project: project.name, number: pullRequest.number });
    if (written.merge_commit_sha === sha) return written;
    throw error;
  }
}
