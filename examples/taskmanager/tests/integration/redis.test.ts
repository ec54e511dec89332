import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRedis } from '../../src/redis/redis.ts';
import { redisCache } from '../../src/redis/redis-cache.ts';
import { redisProbe } from '../../src/redis/redis-probe.ts';
import { redisRateLimiter } from '../../src/redis/redis-rate-limiter.ts';
import { emptyRedis, redisUrl, silentLog } from './servers.ts';

const rule = { name: 'test', points: 2, windowSeconds: 600 };

describe('with Redis', () => {
  const [first, second] = [openRedis(redisUrl, silentLog), openRedis(redisUrl, silentLog)];
  beforeAll(async () => {
    await Promise.all([first, second].map((redis) => redis.status === 'ready' || once(redis, 'ready')));
    await emptyRedis();
  });
  afterAll(() => {
    first.disconnect();
    second.disconnect();
  });

  test('a limit counts over all instances and for each key alone', async () => {
    const [here, there] = [redisRateLimiter(first, rule), redisRateLimiter(second, rule)];
    expect(await here.take('ada')).toEqual({ kind: 'allowed' });
    expect(await there.take('ada')).toEqual({ kind: 'allowed' });
    const verdict = await here.take('ada');
    expect(verdict.kind === 'limited' && verdict.retryAfterMs).toBeGreaterThan(500_000);
    expect(await there.take('ada')).toMatchObject({ kind: 'limited' });
    expect(await here.take('bob')).toEqual({ kind: 'allowed' });
  });

  test('what one instance caches another one reads, with an end', async () => {
    await redisCache(first, silentLog).set('greeting', 'hello', 60_000);
    expect(await redisCache(second, silentLog).get('greeting')).toBe('hello');
    expect(await second.pttl('greeting')).toBeGreaterThan(0);
    await redisCache(second, silentLog).increment('counter');
    expect(await redisCache(first, silentLog).get('counter')).toBe('1');
  });

  test('the probe is satisfied', async () => {
    await expect(redisProbe(first, { required: true }).check()).resolves.toBeUndefined();
  });
});

describe('while Redis is away', () => {
  // Port 1 belongs to nobody: every attempt is refused at once.
  const redis = openRedis('redis://127.0.0.1:1/0', silentLog);
  afterAll(() => redis.disconnect());

  test('each instance counts for itself, so that limits never go away', async () => {
    const limiter = redisRateLimiter(redis, rule);
    expect(await limiter.take('ada')).toEqual({ kind: 'allowed' });
    expect(await limiter.take('ada')).toEqual({ kind: 'allowed' });
    expect(await limiter.take('ada')).toMatchObject({ kind: 'limited' });
  });

  test('the cache misses and swallows what it is given', async () => {
    const cache = redisCache(redis, silentLog);
    await cache.set('greeting', 'hello', 60_000);
    await cache.increment('counter');
    expect(await cache.get('greeting')).toBeUndefined();
  });

  test('the probe says so', async () => {
    await expect(redisProbe(redis, { required: true }).check()).rejects.toThrow();
  });
});
