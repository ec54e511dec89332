import { type ErrorBody, errorTable, SlipwayError } from '@slipway/contracts/errors';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { ZodError } from 'zod';

/** Answers what a route has thrown, by the table of errors. What is not of the table is the server's own mistake. */
export function answerError(error: unknown, c: Context): Response {
  const { code, message, field, retryAfterSeconds } = asSlipwayError(error);
  // The rest of the body may still be on its way: nobody reads it, and no other request may follow it.
  if (code === 'too-large' || code === 'length-required') c.header('connection', 'close');
  if (retryAfterSeconds !== undefined) c.header('retry-after', String(retryAfterSeconds));
  const body: ErrorBody = { error: { code, message, ...(field !== undefined && { field }) } };
  return c.json(body, errorTable[code].status as ContentfulStatusCode);
}

export function asSlipwayError(error: unknown): SlipwayError {
  if (error instanceof SlipwayError) return error;
  if (error instanceof ZodError) return invalid(error);
  if (error instanceof SyntaxError) {
    return new SlipwayError('bad-request', { message: 'The body is not JSON.', cause: error });
  }
  if (error instanceof HTTPException && error.status < 500) {
    return new SlipwayError('bad-request', {
      message: `${error.message}.`.replace(/\.+$/, '.'),
      cause: error,
    });
  }
  return new SlipwayError('internal', { cause: error });
}

function invalid(error: ZodError): SlipwayError {
  const [issue] = error.issues;
  if (issue === undefined) return new SlipwayError('bad-request', { cause: error });
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const field = [...issue.path, ...unknown].map(String).join('.');
  const what = unknown.length > 0 ? 'is not known here' : issue.message;
  const message = `${field || 'body'}: ${what}`;
  return new SlipwayError('bad-request', { message, ...(field && { field }), cause: error });
}
