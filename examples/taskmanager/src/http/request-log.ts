import type { MiddlewareHandler } from 'hono';
import type { Logger } from 'pino';
import type { AppEnv } from './app-env.ts';

/** One line for each request, and a logger for the handlers that carries the request's id. */
export function requestLog(options: {
  log: Logger;
  /** Milliseconds on a clock that never goes back. */
  monotonicMs: () => number;
}): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    const begun = options.monotonicMs();
    const log = options.log.child({ requestId: context.get('requestId') });
    context.set('log', log);
    await next();
    const facts = {
      method: context.req.method,
      path: context.req.path,
      status: context.res.status,
      durationMs: Math.round(options.monotonicMs() - begun),
    };
    if (context.res.status >= 500) log.error(facts, 'request failed');
    else log.info(facts, 'request');
  };
}
