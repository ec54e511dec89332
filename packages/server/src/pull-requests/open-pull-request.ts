import { SlipwayError } from '@slipway/contracts/errors';
import { recordAudit } from '../access/audit.ts';
import { nameOf } from '../access/permission.ts';
import type { Principal } from '../access/principal.ts';
import { findRef } from '../events/dispatch-workflow.ts';
import type { EventSources } from '../events/event-sources.ts';
import type { Project } from '../projects/find-project.ts';
import { repositoryDirectory } from '../repositories/bare-repository.ts';
import { commitsBetween } from '../repositories/merge-commits.ts';
import { mergeBase } from '../repositories/read-commits.ts';
import type { Store } from '../store/open-store.ts';
import { nextNumber } from './next-number.ts';
import type { PullRequest } from './pull-request.ts';
import { mayWrite, requireParticipant } from './pull-request-access.ts';
import type { PullRequestSources } from './pull-request-sources.ts';
import { testMerge } from './test-merge.ts';
import { recordFact } from './write-change.ts';

export interface NewPullRequest {
  principal: Principal;
  title: string;
  body: string;
  /** Branch with the change. */
  head: string;
  /** Default: the default branch. */
  base?: string | undefined;
  draft: boolean;
}

/**
 * Opens a pull request between two branches of a hosted repository.
 * @throws SlipwayError `forbidden`, `not-hosted`, `unknown-ref`, `nothing-to-merge`, `pull-request-exists`, `storage-full`
 */
export async function openPullRequest(
  sources: PullRequestSources,
  project: Project,
  wanted: NewPullRequest,
): Promise<PullRequest> {
  const { principal } = wanted;
  requireParticipant(principal, project.name);
  if (project.settings.source.kind !== 'hosted') throw new SlipwayError('not-hosted');
  sources.assertRoom();
  const head = await findBranch(sources, project, { name: wanted.head, field: 'head' });
  const baseName = wanted.base ?? project.settings.defaultBranch;
  const base = await findBranch(sources, project, { name: baseName, field: 'base' });
  await assertSomethingToMerge(repositoryDirectory(sources.repositories, project.name), { head, base });
  const number = await sources.store.transaction().execute((store) => nextNumber(store, project.name));
  const shas = { headSha: head.sha, baseSha: base.sha };
  const mergeSha = await testMerge(sources, { project: project.name, number, ...shas });
  const pullRequest = await sources.store.transaction().execute((store) =>
    insert({ store, now: sources.now() }, wanted, {
      project: project.name,
      number,
      head_ref: head.name,
      head_sha: head.sha,
      base_ref: base.name,
      base_sha: base.sha,
      merge_sha: mergeSha,
    }),
  );
  await sources.onRepositoryChanged(project, pullRequest.author);
  return pullRequest;
}

export interface Branch {
  name: string;
  sha: string;
}

/** @throws SlipwayError `unknown-ref` */
export async function findBranch(
  sources: EventSources,
  project: Project,
  { name, field }: { name: string; field: string },
): Promise<Branch> {
  const { sha } = await findRef(sources, project, `refs/heads/${name}`).catch((cause: unknown) => {
    if (!(cause instanceof SlipwayError)) throw cause;
    throw new SlipwayError('unknown-ref', { message: `There is no branch '${name}'.`, field, cause });
  });
  return { name, sha };
}

/** @throws SlipwayError `nothing-to-merge` */
export async function assertSomethingToMerge(
  directory: string,
  { head, base }: { head: Branch; base: Branch },
): Promise<void> {
  if ((await mergeBase(directory, head.sha, base.sha)) === null) {
    const message = `${head.name} and ${base.name} have no commit in common.`;
    throw new SlipwayError('nothing-to-merge', { message, field: 'head' });
  }
  const commits = await commitsBetween(directory, { base: base.sha, head: head.sha });
  if (commits.length > 0) return;
  const message = `${head.name} has no commits that ${base.name} has not.`;
  throw new SlipwayError('nothing-to-merge', { message, field: 'head' });
}

type Place = Pick<
  PullRequest,
  'project' | 'number' | 'head_ref' | 'head_sha' | 'base_ref' | 'base_sha' | 'merge_sha'
>;

async function insert(
  { store, now }: { store: Store; now: number },
  { principal, title, body, draft }: NewPullRequest,
  place: Place,
): Promise<PullRequest> {
  const { project, head_ref, base_ref } = place;
  await assertNoOther(store, { project, head_ref, base_ref });
  const author = nameOf(principal);
  const row = await store
    .insertInto('pull_request')
    .values({
      ...place,
      title,
      body,
      author,
      is_outside: Number(!mayWrite(principal, project)),
      state: 'open',
      draft: Number(draft),
      version: 1,
      created_at: now,
      updated_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  const fact = { name: 'pull_request', action: 'opened', actor: author } as const;
  if (principal.kind !== 'job') await recordFact({ store, now }, row, fact);
  const subject = `pull request ${place.number}`;
  const detail = { head: head_ref, base: base_ref, sha: place.head_sha };
  const audit = { at: now, actor: author, action: 'pull-request.opened', project, subject, detail } as const;
  await recordAudit(store, { ...audit, outcome: 'done' });
  return row;
}

/** @throws SlipwayError `pull-request-exists` */
export async function assertNoOther(
  store: Store,
  branches: Pick<PullRequest, 'project' | 'head_ref' | 'base_ref'>,
): Promise<void> {
  const other = await store
    .selectFrom('pull_request')
    .select('number')
    .where(({ and }) => and({ ...branches, state: 'open' }))
    .executeTakeFirst();
  if (other === undefined) return;
  const message = `Pull request ${other.number} is for these branches.`;
  throw new SlipwayError('pull-request-exists', { message, field: 'head' });
}
