import { SlipwayError } from '@slipway/contracts/errors';
import type { MiddlewareHandler } from 'hono';

/**
 * Refuses a body that is larger, before any of it is read. Its length has to be said first: Node holds the sender to it.
 * @throws SlipwayError `too-large`, `length-required`
 */
export function limitBody(mostBytes: number): MiddlewareHandler {
  return async (c, next) => {
    const length = c.req.header('content-length');
    if (length === undefined && c.req.header('transfer-encoding') !== undefined) {
      throw new SlipwayError('length-required');
    }
    if (Number(length ?? 0) > mostBytes) {
      throw new SlipwayError('too-large', { message: `The body is larger than ${mostBytes} bytes.` });
    }
    await next();
  };
}
