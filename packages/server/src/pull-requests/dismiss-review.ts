import { SlipwayError } from '@slipway/contracts/errors';
import { recordAudit } from '../access/audit.ts';
import { nameOf } from '../access/permission.ts';
import type { Principal } from '../access/principal.ts';
import type { Project } from '../projects/find-project.ts';
import { findPullRequest, type PullRequest, type Review } from './pull-request.ts';
import { isAdministrator, isAuthor, requireParticipant } from './pull-request-access.ts';
import type { PullRequestSources } from './pull-request-sources.ts';
import { reviewPayload } from './review-payload.ts';
import { recordFact } from './write-change.ts';

export interface Dismissal {
  principal: Principal;
  number: number;
  reviewId: number;
  /** Why. */
  message: string;
}

/**
 * Takes a review back, so that it counts no more: its reviewer may, or an administrator of the project.
 * @throws SlipwayError `forbidden`, `unknown-pull-request`, `unknown-review`, `pull-request-closed`
 */
export async function dismissReview(
  sources: PullRequestSources,
  project: Project,
  { principal, number, reviewId, message }: Dismissal,
): Promise<Review> {
  requireParticipant(principal, project.name);
  const { store } = sources;
  const pullRequest = await findPullRequest(store, { project: project.name, number });
  const review = await findReview(sources, pullRequest, reviewId);
  if (!isAuthor(principal, review.reviewer) && !isAdministrator(principal, project.name)) {
    throw new SlipwayError('forbidden');
  }
  if (pullRequest.state !== 'open') throw new SlipwayError('pull-request-closed');
  if (review.dismissed_at !== null) return review;
  const actor = nameOf(principal);
  const now = sources.now();
  const dismissed = await store.transaction().execute(async (transaction) => {
    const row = await transaction
      .updateTable('pull_request_review')
      .set({ dismissed_at: now })
      .where('id', '=', reviewId)
      .returningAll()
      .executeTakeFirstOrThrow();
    const extra = { review: reviewPayload(row) };
    const fact = { name: 'pull_request_review', action: 'dismissed', actor, extra } as const;
    await recordFact({ store: transaction, now }, pullRequest, fact);
    await recordAudit(transaction, {
      at: now,
      actor,
      action: 'pull-request.review-dismissed',
      project: project.name,
      subject: `pull request ${number}`,
      outcome: 'done',
      detail: { review: reviewId, reviewer: review.reviewer, verdict: review.verdict, message },
    });
    return row;
  });
  await sources.onRepositoryChanged(project, actor);
  return dismissed;
}

async function findReview(
  { store }: PullRequestSources,
  { project, number }: PullRequest,
  id: number,
): Promise<Review> {
  const row = await store
    .selectFrom('pull_request_review')
    .selectAll()
    .where(({ and }) => and({ id, project, number }))
    .executeTakeFirst();
  if (row === undefined) throw new SlipwayError('unknown-review');
  return row;
}
