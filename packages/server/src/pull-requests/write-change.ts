import { SlipwayError } from '@slipway/contracts/errors';
import type { Payload } from '@slipway/workflow/triggers';
import type { Updateable } from 'kysely';
import type { Store } from '../store/open-store.ts';
import type { PullRequestTable } from '../store/tables/pull-requests.ts';
import type { PullRequest } from './pull-request.ts';

/** Something that workflows are to be told of a pull request. */
export interface PullRequestFact {
  name: 'pull_request' | 'pull_request_review';
  /** GitHub's. */
  action: string;
  actor: string;
  /** What the webhook says beside the pull request. */
  extra?: Payload;
}

/** As kept until it is told. */
export interface FactDetail {
  pullRequest: PullRequest;
  extra: Payload;
}

interface Clock {
  store: Store;
  now: number;
}

/**
 * Changes a pull request, with what is to be told of it, or not at all.
 * @param fact null: nothing is told, as of what a job does
 * @returns as it is then
 * @throws SlipwayError `head-moved`: it is not what it was
 */
export async function writeChange(
  { store, now }: Clock,
  before: PullRequest,
  { change, fact }: { change: Updateable<PullRequestTable>; fact: PullRequestFact | null },
): Promise<PullRequest> {
  const row = await store
    .updateTable('pull_request')
    .set({ ...change, updated_at: now })
    .where(({ and }) => and({ id: before.id, state: before.state, version: before.version }))
    .where(({ and }) => and({ head_sha: before.head_sha, base_ref: before.base_ref }))
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) throw new SlipwayError('head-moved');
  if (fact !== null) await recordFact({ store, now }, row, fact);
  return row;
}

/** Keeps what is to be told, in the transaction of what has happened. */
export async function recordFact(
  { store, now }: Clock,
  pullRequest: PullRequest,
  { name, action, actor, extra = {} }: PullRequestFact,
): Promise<void> {
  const detail: FactDetail = { pullRequest, extra };
  const { project, number } = pullRequest;
  await store
    .insertInto('pull_request_event')
    .values({ project, number, name, action, actor, detail: JSON.stringify(detail), created_at: now })
    .execute();
}
