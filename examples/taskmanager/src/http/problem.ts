import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';

/** Every error that the API answers with: its code, which clients may match on, its status and its title. */
export const problems = {
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  'invalid-request': { status: 422, title: 'The request has fields that are missing, unknown or wrong' },
  'unknown-assignee': { status: 422, title: 'There is no user with this id to assign the task to' },
  unauthenticated: { status: 401, title: 'This needs a valid, unexpired session token' },
  'bad-credentials': { status: 401, title: 'The e-mail address or the password is wrong' },
  'not-found': { status: 404, title: 'There is nothing at this address' },
  'version-conflict': { status: 412, title: 'Somebody else changed this since it was read' },
  'version-required': { status: 428, title: 'A change must say in If-Match which version it changes' },
  'too-large': { status: 413, title: 'The body is too large' },
  'rate-limited': { status: 429, title: 'Too many requests; wait before the next one' },
  internal: { status: 500, title: 'The service failed; the log has the reason under this request id' },
} as const;

export type ProblemCode = keyof typeof problems;

export type FieldError = { field: string; message: string };

/** The wire form: RFC 9457 problem details with the code, the request id and, for invalid requests, the fields. */
export const problemBody = z
  .object({
    type: z.literal('about:blank'),
    code: z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]),
    status: z.int(),
    title: z.string(),
    requestId: z.string(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .openapi('Problem');

/** Answers with a problem. The type carries the status, so a route must declare every problem that it answers with. */
export function problem<Code extends ProblemCode>(
  context: Context,
  code: Code,
  details: { errors?: FieldError[]; headers?: Record<string, string> } = {},
) {
  const { status, title }: { status: StatusOf<Code>; title: string } = problems[code];
  const body: z.infer<typeof problemBody> = {
    type: 'about:blank',
    code,
    status,
    title,
    requestId: context.get('requestId'),
    ...(details.errors && { errors: details.errors }),
  };
  return context.json(body, status, { 'Content-Type': 'application/problem+json', ...details.headers });
}

type StatusOf<Code extends ProblemCode> = (typeof problems)[Code]['status'];

type ProblemResponse = {
  description: string;
  content: { 'application/problem+json': { schema: typeof problemBody } };
};

/** OpenAPI response entries for the problems that a route can end in. */
export function problemResponses<Code extends ProblemCode>(
  ...codes: Code[]
): Record<StatusOf<Code>, ProblemResponse> {
  const content = { 'application/problem+json': { schema: problemBody } };
  const byStatus = Map.groupBy(codes, (code) => problems[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, names]) => [status, { description: names.join(' or '), content }]),
  ) as Record<StatusOf<Code>, ProblemResponse>;
}
