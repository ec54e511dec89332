import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { Cache } from '../tasks/cache.ts';

export function redisCache(redis: Redis, log: Logger): Cache {
  /** Away is no news here: the connection has said so already. */
  async function attempt<T>(command: () => Promise<T>): Promise<T | undefined> {
    try {
      return await command();
    } catch (error) {
      log.debug({ err: error }, 'cache command failed');
      return undefined;
    }
  }

  return {
    async get(key) {
      return (await attempt(() => redis.get(key))) ?? undefined;
    },
    async set(key, value, ttlMs) {
      await attempt(() => redis.set(key, value, 'PX', ttlMs));
    },
    async increment(key) {
      await attempt(() => redis.incr(key));
    },
  };
}
