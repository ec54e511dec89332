import type { EventSources } from '../events/event-sources.ts';
import { findProject } from '../projects/find-project.ts';
import { retryAt } from './retry-at.ts';
import { ignoredEvents, takeDelivery } from './take-delivery.ts';

export interface Delivery {
  project: string;
  /** GitHub's, unique. */
  deliveryId: string;
  event: string;
  /** JSON. */
  payload: string;
}

/** Keeps a delivery that is to be taken in; it is durable when this resolves. */
export async function keepDelivery(
  { store, now }: EventSources,
  { project, deliveryId, event, payload }: Delivery,
): Promise<'accepted' | 'duplicate' | 'ignored'> {
  if (ignoredEvents.has(event)) return 'ignored';
  const at = now();
  const inserted = await store
    .insertInto('delivery')
    .values({
      project,
      delivery_id: deliveryId,
      event,
      payload,
      received_at: at,
      failures: 0,
      next_at: at,
    })
    .onConflict((conflict) => conflict.columns(['project', 'delivery_id']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted === undefined ? 'duplicate' : 'accepted';
}

/** Deliveries in the hands of one server are left alone by others for so long. */
const handlingMs = 10 * 60_000;

/** Takes in the deliveries that are due, the oldest first. What fails, e.g. since GitHub can't be reached, is tried again later. */
export async function takeDeliveries(
  sources: EventSources,
  onTrouble: (error: unknown) => void,
): Promise<void> {
  const { store, now } = sources;
  const due = await store
    .selectFrom('delivery')
    .select(['id', 'next_at'])
    .where('next_at', '<=', now())
    .orderBy('id')
    .limit(50)
    .execute();
  for (const { id, next_at } of due) {
    const row = await store
      .updateTable('delivery')
      .set({ next_at: now() + handlingMs })
      .where(({ and }) => and({ id, next_at }))
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) continue;
    try {
      const project = await findProject(store, row.project);
      const { delivery_id: deliveryId, event: name } = row;
      await takeDelivery(sources, project, { deliveryId, name, payload: JSON.parse(row.payload) });
      await store
        .updateTable('delivery')
        .set({ next_at: null, payload: '', problem: null })
        .where('id', '=', id)
        .execute();
    } catch (error) {
      onTrouble(error);
      const failures = row.failures + 1;
      await store
        .updateTable('delivery')
        .set({ failures, problem: String(error), next_at: retryAt({ failures, now: now(), id }) })
        .where('id', '=', id)
        .execute();
    }
  }
}
