import type { Store } from '../store/open-store.ts';
import type { PullRequest } from './pull-request.ts';

/** Takes back what was approved, since it is not what it was. Requests for changes stay. */
export async function dismissApprovals(
  { store, now }: { store: Store; now: number },
  { project, number }: Pick<PullRequest, 'project' | 'number'>,
): Promise<void> {
  await store
    .updateTable('pull_request_review')
    .set({ dismissed_at: now })
    .where(({ and }) => and({ project, number, verdict: 'approved' }))
    .where('dismissed_at', 'is', null)
    .execute();
}
