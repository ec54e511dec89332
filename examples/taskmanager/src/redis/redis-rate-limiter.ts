import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimiter } from '../http/rate-limit.ts';

export type RateRule = {
  /** Keeps the counts of different rules apart. */
  name: string;
  points: number;
  /** A window begins with the first point taken in it. */
  windowSeconds: number;
};

/** Counts over all instances in Redis. While Redis is away each instance counts for itself: laxer, but never off. */
export function redisRateLimiter(redis: Redis, rule: RateRule): RateLimiter {
  const counting = { keyPrefix: `rate:${rule.name}`, points: rule.points, duration: rule.windowSeconds };
  const limiter = new RateLimiterRedis({
    ...counting,
    storeClient: redis,
    insuranceLimiter: new RateLimiterMemory(counting),
  });
  return {
    async take(key) {
      try {
        await limiter.consume(key);
        return { kind: 'allowed' };
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) return { kind: 'limited', retryAfterMs: refusal.msBeforeNext };
        throw refusal;
      }
    },
  };
}
