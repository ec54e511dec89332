import type { Pusher } from '../events/received-pushes.ts';
import type { Store } from '../store/open-store.ts';
import type { PullRequest } from './pull-request.ts';
import { reviewPayload } from './review-payload.ts';
import { recordFact } from './write-change.ts';

interface Clock {
  store: Store;
  now: number;
}

/** Takes back what was approved, since it is not what it was; workflows are told. Requests for changes stay. */
export async function dismissApprovals(
  { store, now }: Clock,
  pullRequest: PullRequest,
  by: Pusher,
): Promise<void> {
  const { project, number } = pullRequest;
  const dismissed = await store
    .updateTable('pull_request_review')
    .set({ dismissed_at: now })
    .where(({ and }) => and({ project, number, verdict: 'approved' }))
    .where('dismissed_at', 'is', null)
    .returningAll()
    .execute();
  if (by.isJob) return;
  for (const review of dismissed) {
    const extra = { review: reviewPayload(review) };
    const fact = { name: 'pull_request_review', action: 'dismissed', actor: by.actor, extra } as const;
    await recordFact({ store, now }, pullRequest, fact);
  }
}
