import { Counter, Gauge, type Registry } from 'prom-client';
import type { Delivery } from './deliver.ts';
import type { NotificationStore } from './notification.ts';

export type NotificationMetrics = { delivered(delivery: Delivery | 'retried'): void };

/** What a rollout of the worker is judged by: how deliveries end, and how much waits for how long. */
export function notificationMetrics(options: {
  registry: Registry;
  store: NotificationStore;
  now: () => Date;
}): NotificationMetrics {
  const { registry, store, now } = options;
  const registers = [registry];
  const deliveries = new Counter({
    name: 'notification_deliveries_total',
    help: 'Attempts to deliver a notification by their end',
    labelNames: ['outcome'],
    registers,
  });
  new Gauge({
    name: 'notifications',
    help: 'Notifications that are still to be sent, and those that were given up',
    labelNames: ['state'],
    registers,
    async collect() {
      const { pending, dead } = await store.statistics();
      this.set({ state: 'pending' }, pending);
      this.set({ state: 'dead' }, dead);
    },
  });
  new Gauge({
    name: 'notifications_oldest_pending_seconds',
    help: 'How long the oldest pending notification has waited; 0 when none is pending',
    registers,
    async collect() {
      const { oldestPendingAt } = await store.statistics();
      this.set(oldestPendingAt ? (now().getTime() - oldestPendingAt.getTime()) / 1000 : 0);
    },
  });
  return { delivered: (outcome) => deliveries.inc({ outcome }) };
}
