import type { Redis } from 'ioredis';
import type { Probe } from '../health/probe.ts';

export function redisProbe(redis: Redis): Probe {
  return {
    name: 'redis',
    required: false,
    async check() {
      await redis.ping();
    },
  };
}
