import type { pullRequestFilterSchema } from '@slipway/contracts/api/pull-requests';
import { SlipwayError } from '@slipway/contracts/errors';
import type { Selectable } from 'kysely';
import type { z } from 'zod';
import type { Store } from '../store/open-store.ts';
import type { PullRequestReviewTable, PullRequestTable } from '../store/tables/pull-requests.ts';

/** A pull request as it is stored. */
export type PullRequest = Selectable<PullRequestTable>;
export type Review = Selectable<PullRequestReviewTable>;

/** Which one is meant. */
export interface PullRequestId {
  project: string;
  number: number;
}

/** @throws SlipwayError `unknown-pull-request` */
export async function findPullRequest(
  store: Store,
  { project, number }: PullRequestId,
): Promise<PullRequest> {
  const row = await store
    .selectFrom('pull_request')
    .selectAll()
    .where(({ and }) => and({ project, number }))
    .executeTakeFirst();
  if (row === undefined) throw new SlipwayError('unknown-pull-request');
  return row;
}

/** All that are open, by number. */
export function openPullRequests(store: Store, project: string): Promise<PullRequest[]> {
  return store
    .selectFrom('pull_request')
    .selectAll()
    .where(({ and }) => and({ project, state: 'open' }))
    .orderBy('number')
    .execute();
}

/** Those that the filter lets pass, the newest first, a page at a time. */
export async function listPullRequests(
  store: Store,
  project: string,
  { state, head, base, limit, cursor }: z.output<typeof pullRequestFilterSchema>,
): Promise<{ rows: PullRequest[]; next: number | null }> {
  let query = store.selectFrom('pull_request').selectAll().where('project', '=', project);
  if (state !== 'all') query = query.where('state', '=', state);
  if (head !== undefined) query = query.where('head_ref', '=', head);
  if (base !== undefined) query = query.where('base_ref', '=', base);
  if (cursor !== undefined) query = query.where('number', '<', cursor);
  const rows = await query
    .orderBy('number', 'desc')
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  return { rows: page, next: rows.length > limit ? (page.at(-1)?.number ?? null) : null };
}

/** Of a pull request, the oldest first. */
export function listReviews(store: Store, { project, number }: PullRequestId): Promise<Review[]> {
  return store
    .selectFrom('pull_request_review')
    .selectAll()
    .where(({ and }) => and({ project, number }))
    .orderBy('id')
    .execute();
}

/**
 * What each reviewer says in the end, of those who may write to the repository: remarks change nothing, and what was dismissed is not said
 * any more.
 */
export function lastWords(reviews: readonly Review[]): Review[] {
  const last = new Map<string, Review>();
  for (const review of reviews) {
    if (review.verdict === 'commented' || review.may_write === 0) continue;
    last.set(review.reviewer.toLowerCase(), review);
  }
  return [...last.values()].filter(({ dismissed_at }) => dismissed_at === null);
}
