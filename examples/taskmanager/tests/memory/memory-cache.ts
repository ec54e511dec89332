import type { Cache } from '../../src/tasks/cache.ts';

/** A cache whose clock is given, so that a test can let entries expire. */
export function memoryCache(now: () => number = () => 0): Cache & { keys(): string[] } {
  const entries = new Map<string, { value: string; expiresAt: number }>();
  return {
    async get(key) {
      const entry = entries.get(key);
      return entry && entry.expiresAt > now() ? entry.value : undefined;
    },
    async set(key, value, ttlMs) {
      entries.set(key, { value, expiresAt: now() + ttlMs });
    },
    async increment(key) {
      const count = Number(entries.get(key)?.value ?? 0) + 1;
      entries.set(key, { value: String(count), expiresAt: Number.POSITIVE_INFINITY });
    },
    keys: () => [...entries.keys()],
  };
}

/** What a cache is while its server is away. */
export const absentCache: Cache = {
  get: async () => undefined,
  set: async () => {},
  increment: async () => {},
};
