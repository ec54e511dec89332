import type { Redis } from 'ioredis';
import type { Probe } from '../health/probe.ts';

export function redisProbe(redis: Redis, { required }: { required: boolean }): Probe {
  return {
    name: 'redis',
    required,
    async check() {
      await redis.ping();
    },
  };
}
