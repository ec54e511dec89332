import { SlipwayError } from '@slipway/contracts/errors';
import { z } from 'zod';
import type { GithubCall } from './github-context.ts';
import { GithubError } from './github-error.ts';

/**
 * The JSON of a request; no body is an empty object, as on GitHub, where properties that nobody knows are left out too.
 * @throws GithubError, ZodError
 */
export async function readBody<Schema extends z.ZodType>(
  c: GithubCall,
  schema: Schema,
): Promise<z.output<Schema>> {
  const text = await c.req.text();
  let body: unknown;
  try {
    body = text.trim() === '' ? {} : JSON.parse(text);
  } catch {
    throw new GithubError(422, 'Problems parsing JSON');
  }
  refuseOtherRepository(c, body);
  return schema.parse(body);
}

/**
 * The path says which repository it is, and nothing else: a body that names another one was meant to reach there.
 * @throws SlipwayError `forbidden`
 */
function refuseOtherRepository(c: GithubCall, body: unknown): void {
  if (typeof body !== 'object' || body === null) return;
  const named = body as Record<string, unknown>;
  const { owner, repo } = c.req.param() as { owner?: string; repo?: string };
  if (owner === undefined || repo === undefined) return;
  const own = `${owner}/${repo}`.toLowerCase();
  const isOther =
    differs(named.owner, owner) ||
    differs(named.repo, repo) ||
    repositories(named).some((name) => name !== own);
  if (isOther) {
    throw new SlipwayError('forbidden', { message: 'The body names another repository than the path.' });
  }
}

function differs(given: unknown, own: string): boolean {
  return typeof given === 'string' && given.toLowerCase() !== own.toLowerCase();
}

function repositories({ repository, project }: Record<string, unknown>): string[] {
  const name =
    typeof repository === 'object' && repository !== null && 'full_name' in repository
      ? repository.full_name
      : repository;
  return [name, project].flatMap((one) => (typeof one === 'string' ? [one.toLowerCase()] : []));
}

/** Query parameters; what is not known is left out. @throws ZodError */
export function readQuery<Schema extends z.ZodType>(c: GithubCall, schema: Schema): z.output<Schema> {
  return schema.parse(c.req.query());
}

/** Whether a change is wanted as text, and not as JSON. */
export function asksForDiff(c: GithubCall): boolean {
  return /application\/vnd\.github\.(?:v3\.)?diff/.test(c.req.header('accept') ?? '');
}

/** A text that may be said to be absent. */
export const optionalText = z.string().nullish();
/** A point in time as clients send it; epoch milliseconds. */
export const timeText = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
