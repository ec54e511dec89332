import type { Store } from '../store/open-store.ts';
import type { Notice } from './notice.ts';

/** Writes down that people are to be told; whom and how is looked up when it is delivered. */
export async function wantNotice(
  { store, now }: { store: Store; now: number },
  notice: Notice,
): Promise<void> {
  await store
    .insertInto('notification')
    .values({
      project: notice.project,
      environment: notice.environment,
      deployment_id: notice.deploymentId,
      channel: null,
      notice: JSON.stringify(notice),
      created_at: now,
      failures: 0,
      next_at: now,
    })
    .execute();
}
