import { labelsText } from '../queue/lanes.ts';
import type { Store } from '../store/open-store.ts';

/** Between two writes about one runner: claims are asked for all the time. */
const noteEveryMs = 20_000;

/** Notes that a runner asks for work. */
export async function seeRunner(
  { store, now }: { store: Store; now: number },
  { name, labels: given }: { name: string; labels: readonly string[] },
): Promise<void> {
  const labels = labelsText(given);
  const known = await store
    .selectFrom('runner')
    .select(['labels', 'seen_at'])
    .where('name', '=', name)
    .executeTakeFirst();
  if (known?.labels === labels && now - known.seen_at < noteEveryMs) return;
  await store
    .insertInto('runner')
    .values({ name, labels, first_seen_at: now, seen_at: now })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ labels, seen_at: now }))
    .execute();
}
