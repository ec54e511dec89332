import { setTimeout as delay } from 'node:timers/promises';
import { type Job, Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { deliver, type Sender } from './deliver.ts';
import type { NotificationStore } from './notification.ts';
import type { NotificationMetrics } from './notification-metrics.ts';

export type NotificationWorker = {
  /** Takes no new job and lets those in hand finish, for at most `graceMs`. */
  close(graceMs: number): Promise<void>;
};

export type WorkerOptions = {
  /** Must wait for Redis rather than fail: `openQueueRedis`. */
  redis: Redis;
  store: NotificationStore;
  send: Sender;
  metrics: NotificationMetrics;
  log: Logger;
  now: () => Date;
  scanIntervalMs: number;
  reminderLeadMs: number;
  deliveryAttempts: number;
  deliveryBackoffMs: number;
  /** Keys of the queue begin with it. */
  prefix?: string;
};

/**
 * Two kinds of jobs on one queue. `scan`, once each interval over all workers together, records what is due and queues
 * what is pending; `deliver` sends one notification. What a lost queue forgets, the next scan brings back.
 */
export function startNotificationWorker(options: WorkerOptions): NotificationWorker {
  const { log } = options;
  const connection = { connection: options.redis, prefix: options.prefix ?? 'taskmanager' };
  const queue = new Queue(queueName, connection);
  const worker = new Worker(
    queueName,
    (job) => (job.name === 'scan' ? scan(queue, options) : runDelivery(job, options)),
    { ...connection, concurrency: 5 },
  );
  worker.on('failed', (job, error) => {
    if (job?.name === 'deliver') options.metrics.delivered('retried');
    log.warn({ err: error, job: job?.name, attempt: job?.attemptsMade }, 'job failed');
  });
  // Both repeat while Redis is away; the connection says so itself.
  worker.on('error', (error) => log.debug({ err: error }, 'worker error'));
  queue.on('error', (error) => log.debug({ err: error }, 'queue error'));

  // Not awaited: without Redis it waits for it, and the process must be able to say that it is unhealthy.
  const scheduled = queue.upsertJobScheduler(
    'scan',
    { every: options.scanIntervalMs },
    { name: 'scan', opts: { removeOnComplete: true, removeOnFail: true } },
  );
  scheduled.catch((error: unknown) => log.error({ err: error }, 'could not schedule the scan'));

  return {
    async close(graceMs) {
      const closed = worker.close().then(() => queue.close());
      // Closing waits for Redis, which may be away.
      await Promise.race([closed, delay(graceMs, undefined, { ref: false })]);
    },
  };
}

const queueName = 'notifications';
const batchSize = 500;

async function scan(queue: Queue, options: WorkerOptions): Promise<void> {
  await options.store.recordDue({ now: options.now(), leadMs: options.reminderLeadMs });
  const ids = await options.store.pending(batchSize);
  await queue.addBulk(
    ids.map((id) => ({
      name: 'deliver',
      data: { id },
      opts: {
        // One job for one notification: adding it again while it waits changes nothing.
        jobId: `notification-${id}`,
        attempts: options.deliveryAttempts,
        backoff: { type: 'exponential', delay: options.deliveryBackoffMs },
        removeOnComplete: true,
        removeOnFail: true,
      },
    })),
  );
}

async function runDelivery(job: Job<{ id: string }>, options: WorkerOptions): Promise<void> {
  const { store, send, now } = options;
  const isLastAttempt = job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
  const delivery = await deliver(job.data.id, { store, send, now, isLastAttempt });
  options.metrics.delivered(delivery);
  options.log.info({ notificationId: job.data.id, delivery }, 'delivery');
}
