import type { HttpBindings } from '@hono/node-server';
import { SlipwayError } from '@slipway/contracts/errors';
import type { Context, MiddlewareHandler } from 'hono';
import type { Credentials } from '../access/credentials.ts';
import { type Caller, type Identification, identify } from '../access/identify.ts';
import { nameOf } from '../access/permission.ts';
import type { Principal } from '../access/principal.ts';

/** What routes know of who asks. */
export interface CallerVariables {
  principal: Principal;
  /** `nameOf` the principal. */
  actor: string;
  credentials: Credentials;
  /** Who it is by now: of requests that are answered for long. @throws SlipwayError as `identify` */
  askAgain: () => Promise<Principal>;
}

/** Lets nobody through who is not known, nor runners, which have routes of their own. @throws SlipwayError as `identify`, `forbidden` */
export function identifyCaller(
  identification: Identification,
): MiddlewareHandler<{ Bindings: HttpBindings; Variables: CallerVariables }> {
  return async (c, next) => {
    const caller = callerOf(c);
    const { principal, credentials } = await identify(identification, caller);
    if (principal.kind === 'runner') throw new SlipwayError('forbidden');
    c.set('principal', principal);
    c.set('actor', nameOf(principal));
    c.set('credentials', credentials);
    c.set('askAgain', async () => (await identify(identification, caller)).principal);
    await next();
  };
}

export function callerOf(c: Context): Caller {
  const bindings = c.env as Partial<HttpBindings> | undefined;
  return {
    method: c.req.method,
    header: (name) => c.req.header(name),
    address: bindings?.incoming?.socket.remoteAddress ?? '',
  };
}
