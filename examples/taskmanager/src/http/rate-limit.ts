import type { Context, MiddlewareHandler } from 'hono';
import type { AppEnv } from './app-env.ts';
import { problem } from './problem.ts';

/** Counts what a key has used up. Implementations: Redis in the service, memory in unit tests. */
export type RateLimiter = {
  /** Uses one point of `key`. Never rejects: without its store it counts in this process alone. */
  take(key: string): Promise<RateVerdict>;
};

export type RateVerdict = { kind: 'allowed' } | { kind: 'limited'; retryAfterMs: number };

export function rateLimit(options: {
  limiter: RateLimiter;
  key: (context: Context<AppEnv>) => string;
}): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    const verdict = await options.limiter.take(options.key(context));
    if (verdict.kind === 'limited') return rateLimited(context, verdict.retryAfterMs);
    await next();
  };
}

/** 429 with Retry-After in whole seconds, at least one. */
export function rateLimited(context: Context, retryAfterMs: number) {
  return problem(context, 'rate-limited', {
    headers: { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) },
  });
}
