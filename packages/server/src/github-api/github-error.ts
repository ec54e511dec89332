import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { ZodError } from 'zod';
import { asSlipwayError } from '../http/answer-error.ts';

const documentation = 'https://docs.github.com/rest';

/** What GitHub says is wrong with one field of a body. */
export interface FieldProblem {
  resource: string;
  field: string;
  code: 'missing_field' | 'invalid' | 'already_exists' | 'missing' | 'custom';
  message?: string;
}

/** An answer that GitHub has and Slipway's table of errors has not. */
export class GithubError extends Error {
  override readonly name = 'GithubError';
  readonly status: number;
  readonly errors: FieldProblem[];

  constructor(
    status: 403 | 404 | 405 | 409 | 410 | 422 | 501,
    message: string,
    { errors = [], ...options }: ErrorOptions & { errors?: FieldProblem[] } = {},
  ) {
    super(message, options);
    this.status = status;
    this.errors = errors;
  }
}

/** 404, as GitHub says it. */
export function notFound(): GithubError {
  return new GithubError(404, 'Not Found');
}

/** 422 about one field. */
export function invalidField(resource: string, field: string, message: string): GithubError {
  return new GithubError(422, 'Validation Failed', {
    errors: [{ resource, field, code: 'custom', message }],
  });
}

export function alreadyThere(resource: string, field: string): GithubError {
  return new GithubError(422, 'Validation Failed', { errors: [{ resource, field, code: 'already_exists' }] });
}

/** Answers in GitHub's form what a route has thrown. */
export function answerGithubError(error: unknown, c: Context): Response {
  const { status, message, errors } = asGithubAnswer(error);
  if (status === 413 || status === 411) c.header('connection', 'close');
  return c.json(
    {
      message,
      ...(errors.length > 0 && { errors }),
      documentation_url: documentation,
      status: String(status),
    },
    status as ContentfulStatusCode,
  );
}

function asGithubAnswer(error: unknown): { status: number; message: string; errors: FieldProblem[] } {
  if (error instanceof GithubError) return error;
  if (error instanceof ZodError)
    return { status: 422, message: 'Validation Failed', errors: problemsOf(error) };
  const known = asSlipwayError(error);
  switch (known.code) {
    case 'unauthorized':
      return { status: 401, message: 'Bad credentials', errors: [] };
    case 'forbidden':
      return { status: 403, message: `Resource not accessible by integration. ${known.message}`, errors: [] };
    case 'unknown-project':
    case 'unknown-pull-request':
      return { status: 404, message: 'Not Found', errors: [] };
    case 'invalid-inputs':
    case 'invalid-workflow':
    case 'unknown-ref':
    case 'nothing-to-merge':
    case 'pull-request-exists':
    case 'pull-request-closed':
    case 'self-review':
      return { status: 422, message: known.message, errors: [] };
    default:
      return { status: known.status, message: known.message, errors: [] };
  }
}

function problemsOf({ issues }: ZodError): FieldProblem[] {
  return issues.map(({ path, message, code, ...issue }) => ({
    resource: 'Body',
    field: path.map(String).join('.') || 'body',
    code:
      code === 'invalid_type' && 'input' in issue && issue.input === undefined ? 'missing_field' : 'invalid',
    message,
  }));
}
