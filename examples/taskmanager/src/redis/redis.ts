import { Redis } from 'ioredis';
import type { Logger } from 'pino';

/**
 * Connects in the background and keeps trying. While Redis is away commands fail at once rather than wait in a queue:
 * nothing that this service asks of Redis is worth a slow answer.
 */
export function openRedis(url: string, log: Logger): Redis {
  const redis = new Redis(url, {
    connectionName: 'taskmanager',
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    commandTimeout: 500,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
  });
  let away = false;
  redis.on('ready', () => {
    away = false;
    log.info('Redis is connected');
  });
  redis.on('error', (error) => {
    if (!away)
      log.warn({ err: error }, 'Redis is away; going on without cache and with rate limits per process');
    away = true;
  });
  return redis;
}

/** A connection as BullMQ wants it: commands wait until Redis is back, since the queue's work can wait. */
export function openQueueRedis(url: string): Redis {
  const redis = new Redis(url, { connectionName: 'taskmanager-queue', maxRetriesPerRequest: null });
  // The probe's connection reports that Redis is away; without a listener the event would end the process.
  redis.on('error', () => {});
  return redis;
}
