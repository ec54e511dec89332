import type { Hook } from '@hono/zod-openapi';
import type { AppEnv } from './app-env.ts';
import { type FieldError, problem } from './problem.ts';

/** What validation of a route's input does when the input is wrong: 422 with every field that is. */
export const refuseInvalid: Hook<unknown, AppEnv, string, Response | undefined> = (result, context) => {
  if (result.success) return undefined;
  const errors = result.error.issues.flatMap((issue): FieldError[] =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((field) => ({ field, message: 'is not known here' }))
      : [{ field: issue.path.map(String).join('.') || result.target, message: issue.message }],
  );
  return problem(context, 'invalid-request', { errors });
};
