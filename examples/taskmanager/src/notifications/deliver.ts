import type { Notification, NotificationStore } from './notification.ts';

export type Sender = (notification: Notification) => Promise<void>;

export type Delivery = 'sent' | 'obsolete' | 'settled' | 'dead';

/**
 * Sends a notification that is still wanted. A failure rejects, so that the queue tries again, except on the last attempt,
 * which gives the notification up. Between sending and recording the process may die: then it is sent twice rather than
 * never, and receivers tell by its id.
 */
export async function deliver(
  id: string,
  services: { store: NotificationStore; send: Sender; now: () => Date; isLastAttempt: boolean },
): Promise<Delivery> {
  const { store, send, now, isLastAttempt } = services;
  const found = await store.lookUp(id);
  if (found.kind === 'settled') return 'settled';
  if (found.kind === 'obsolete') {
    await store.settle(id, { kind: 'obsolete' }, now());
    return 'obsolete';
  }
  try {
    await send(found.notification);
  } catch (error) {
    if (!isLastAttempt) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    await store.settle(id, { kind: 'dead', reason }, now());
    return 'dead';
  }
  await store.settle(id, { kind: 'sent' }, now());
  return 'sent';
}
