import type { Context, MiddlewareHandler } from 'hono';
import type { AppEnv } from '../http/app-env.ts';
import { problem } from '../http/problem.ts';
import { hashToken, type SessionStore } from './session.ts';

/** Lets a request pass that carries the token of a session that is still valid, and says whose it is. */
export function authenticate(options: {
  sessions: SessionStore;
  now: () => Date;
}): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    const token = bearerToken(context);
    const session = token && (await options.sessions.find(hashToken(token), options.now()));
    if (!session) {
      return problem(context, 'unauthenticated', { headers: { 'www-authenticate': 'Bearer' } });
    }
    context.set('user', session.user);
    await next();
  };
}

/** The token of `Authorization: Bearer …`; the scheme's case does not matter (RFC 9110, section 11.1). */
export function bearerToken(context: Context): string | undefined {
  return /^Bearer ([\w-]{20,200})$/i.exec(context.req.header('authorization') ?? '')?.[1];
}
