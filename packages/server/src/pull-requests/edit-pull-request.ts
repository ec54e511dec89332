import type { pullRequestChangeSchema } from '@slipway/contracts/api/pull-requests';
import { SlipwayError } from '@slipway/contracts/errors';
import type { Payload } from '@slipway/workflow/triggers';
import type { Updateable } from 'kysely';
import type { z } from 'zod';
import { recordAudit } from '../access/audit.ts';
import { nameOf } from '../access/permission.ts';
import type { Principal } from '../access/principal.ts';
import type { Project } from '../projects/find-project.ts';
import { repositoryDirectory } from '../repositories/bare-repository.ts';
import type { Store } from '../store/open-store.ts';
import type { PullRequestTable } from '../store/tables/pull-requests.ts';
import { dismissApprovals } from './dismiss-approvals.ts';
import { currentPullRequest } from './follow-branches.ts';
import { assertNoOther, assertSomethingToMerge, findBranch } from './open-pull-request.ts';
import { findPullRequest, type PullRequest } from './pull-request.ts';
import { requireEditor } from './pull-request-access.ts';
import type { PullRequestSources } from './pull-request-sources.ts';
import { testMerge } from './test-merge.ts';
import { writeChange } from './write-change.ts';

export interface PullRequestEdit {
  principal: Principal;
  number: number;
  change: z.output<typeof pullRequestChangeSchema>;
}

/** A change with what is told of it. */
interface Edit {
  action: string;
  change: Updateable<PullRequestTable>;
  extra?: Payload;
  /** What was approved would get somewhere else. */
  dismisses?: boolean;
}

/**
 * Changes title, text, base or draft of a pull request, closes or reopens it.
 * @throws SlipwayError `forbidden`, `unknown-pull-request`, `pull-request-closed`, `unknown-ref`, `nothing-to-merge`, `pull-request-exists`, `head-moved`,
 *   `storage-full`
 */
export async function editPullRequest(
  sources: PullRequestSources,
  project: Project,
  { principal, number, change }: PullRequestEdit,
): Promise<PullRequest> {
  const { store, now } = sources;
  const before = await currentPullRequest(sources, project, number);
  requireEditor(principal, before);
  sources.assertRoom();
  if (before.state === 'merged' && change.state !== undefined) throw new SlipwayError('pull-request-closed');
  const actor = nameOf(principal);
  const isJob = principal.kind === 'job';
  const edits = await editsOf(sources, project, { before, change });
  await store.transaction().execute(async (transaction) => {
    let current = before;
    for (const { action, change: columns, extra, dismisses } of edits) {
      const fact = { name: 'pull_request', action, actor, ...(extra && { extra }) } as const;
      const clock = { store: transaction, now: now() };
      current = await writeChange(clock, current, { change: columns, fact: isJob ? null : fact });
      if (dismisses) await dismissApprovals(clock, current, { actor, isJob });
      await audit(clock, current, { actor, action });
    }
  });
  if (edits.length > 0) await sources.onRepositoryChanged(project, actor);
  return findPullRequest(store, { project: project.name, number });
}

interface Editing {
  before: PullRequest;
  change: PullRequestEdit['change'];
}

async function editsOf(sources: PullRequestSources, project: Project, editing: Editing): Promise<Edit[]> {
  const { before, change } = editing;
  const edits: Edit[] = [];
  const { title = before.title, body = before.body } = change;
  const base = change.base === undefined || change.base === before.base_ref ? null : change.base;
  if (base !== null && before.state !== 'open') throw new SlipwayError('pull-request-closed');
  if (base !== null || title !== before.title || body !== before.body) {
    const onto = base === null ? {} : await changeBase(sources, project, { before, base });
    const was = {
      ...(title !== before.title && { title: { from: before.title } }),
      ...(body !== before.body && { body: { from: before.body } }),
      ...(base !== null && { base: { ref: { from: before.base_ref }, sha: { from: before.base_sha } } }),
    };
    edits.push({
      action: 'edited',
      change: { title, body, ...onto },
      extra: { changes: was },
      dismisses: base !== null,
    });
  }
  if (change.draft !== undefined && Number(change.draft) !== before.draft) {
    const action = change.draft ? 'converted_to_draft' : 'ready_for_review';
    edits.push({ action, change: { draft: Number(change.draft) } });
  }
  if (change.state === 'closed' && before.state === 'open') {
    edits.push({ action: 'closed', change: { state: 'closed', closed_at: sources.now() } });
  } else if (change.state === 'open' && before.state === 'closed') {
    edits.push({ action: 'reopened', change: await reopen(sources, project, editing) });
  }
  return edits;
}

async function changeBase(
  sources: PullRequestSources,
  project: Project,
  { before, base: name }: { before: PullRequest; base: string },
): Promise<Updateable<PullRequestTable>> {
  const { number, head_ref, head_sha: headSha } = before;
  const base = await findBranch(sources, project, { name, field: 'base' });
  const directory = repositoryDirectory(sources.repositories, project.name);
  await assertSomethingToMerge(directory, { head: { name: head_ref, sha: headSha }, base });
  await assertNoOther(sources.store, { project: project.name, head_ref, base_ref: name });
  const mergeSha = await testMerge(sources, { project: project.name, number, headSha, baseSha: base.sha });
  return { base_ref: name, base_sha: base.sha, merge_sha: mergeSha };
}

async function reopen(
  sources: PullRequestSources,
  project: Project,
  { before: { number, head_ref, base_ref, version } }: Editing,
): Promise<Updateable<PullRequestTable>> {
  const head = await findBranch(sources, project, { name: head_ref, field: 'head' });
  const base = await findBranch(sources, project, { name: base_ref, field: 'base' });
  const directory = repositoryDirectory(sources.repositories, project.name);
  await assertSomethingToMerge(directory, { head, base });
  await assertNoOther(sources.store, { project: project.name, head_ref, base_ref });
  const shas = { headSha: head.sha, baseSha: base.sha };
  const mergeSha = await testMerge(sources, { project: project.name, number, ...shas });
  return {
    state: 'open',
    closed_at: null,
    head_sha: head.sha,
    base_sha: base.sha,
    merge_sha: mergeSha,
    version: version + 1,
  };
}

async function audit(
  { store, now }: { store: Store; now: number },
  { project, number, head_sha: sha }: PullRequest,
  { actor, action }: { actor: string; action: string },
): Promise<void> {
  const subject = `pull request ${number}`;
  const entry = {
    at: now,
    actor,
    action: `pull-request.${action}`,
    project,
    subject,
    outcome: 'done',
  } as const;
  await recordAudit(store, { ...entry, detail: { sha } });
}
