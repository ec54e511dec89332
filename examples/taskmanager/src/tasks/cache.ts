/**
 * A place for copies that may vanish at any time. It never rejects: a cache that can't be reached misses, and the
 * service goes on without it. Implementations: Redis in the service, memory in unit tests.
 */
export type Cache = {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, ttlMs: number): Promise<void>;
  /** Counts `key` up by one, beginning at 1. */
  increment(key: string): Promise<void>;
};
