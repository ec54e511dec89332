import type { HttpBindings } from '@hono/node-server';
import { SlipwayError } from '@slipway/contracts/errors';
import type { Context, Hono } from 'hono';
import { mayDo, nameOf, type Permission } from '../access/permission.ts';
import type { Principal } from '../access/principal.ts';
import type { ApiContext } from '../http/api/api-context.ts';
import { findProject, type Project } from '../projects/find-project.ts';
import { repositoryDirectory } from '../repositories/bare-repository.ts';
import { isOfGithub, OnGithub } from './forward-to-github.ts';

/** What GitHub's API is served from. */
export interface GithubContext extends ApiContext {
  /** Signs URLs. */
  key: Uint8Array;
}

/** Who asks is known to every route but those that tell of the server. */
export interface GithubEnv {
  Bindings: HttpBindings;
  Variables: { principal: Principal };
}

export type GithubRouter = Hono<GithubEnv>;
export type GithubCall = Context<GithubEnv>;

/** A route of one repository, after the caller was let in. */
export interface RepositoryCall {
  c: GithubCall;
  context: GithubContext;
  project: Project;
  /** The bare repository. */
  directory: string;
}

/**
 * Lets the caller in by any of the permissions, and finds the project of the path.
 * @throws SlipwayError `forbidden`, whether the project exists or not; `unknown-project`
 * @throws OnGithub where GitHub is to be asked instead
 */
export async function enter(
  c: GithubCall,
  context: GithubContext,
  ...anyOf: [Permission, ...Permission[]]
): Promise<RepositoryCall> {
  const name = `${c.req.param('owner')}/${c.req.param('repo')}`;
  const call = await enterRepository({ c, context }, name, anyOf);
  const below = /^\/api\/(?:v3|uploads)\/repos\/[^/]+\/[^/]+(.*)$/.exec(c.req.path)?.[1];
  if (below !== undefined && isOfGithub(call.project, { method: c.req.method, below })) {
    assertMayForward(c, call.project, anyOf);
    throw new OnGithub(call.project);
  }
  return call;
}

/** GitHub sees the project's token: that reading is enough to change what is one's own can't be told there. */
function assertMayForward(
  c: GithubCall,
  { name }: Project,
  anyOf: readonly [Permission, ...Permission[]],
): void {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return;
  const changing = anyOf.filter((permission) => !permission.endsWith('.read'));
  if (changing.some((permission) => mayDo(c.var.principal, permission, name))) return;
  throw notAllowed(anyOf[0]);
}

/**
 * The same for a repository that is named elsewhere.
 * @throws SlipwayError `forbidden`, `unknown-project`
 */
export async function enterRepository(
  { c, context }: Pick<RepositoryCall, 'c' | 'context'>,
  name: string,
  anyOf: readonly [Permission, ...Permission[]],
): Promise<RepositoryCall> {
  if (!anyOf.some((permission) => mayDo(c.var.principal, permission, name))) {
    throw notAllowed(anyOf[0]);
  }
  const project = await findProject(context.store, name);
  return { c, context, project, directory: repositoryDirectory(context.repositories, project.name) };
}

function notAllowed(needed: Permission): SlipwayError {
  return new SlipwayError('forbidden', { message: `This token may not do this here: it needs ${needed}.` });
}

/** Who is named as the maker of things: jobs go by one name, as on GitHub. */
export function makerOf(principal: Principal): string {
  return principal.kind === 'job' ? 'github-actions[bot]' : nameOf(principal);
}

/**
 * A number in the path.
 * @throws SlipwayError `unknown-route`
 */
export function numberParam(c: GithubCall, name: string): number {
  const text = c.req.param(name) ?? '';
  if (!/^\d{1,15}$/.test(text)) {
    throw new SlipwayError('unknown-route', { message: `There is no ${c.req.method} ${c.req.path}.` });
  }
  return Number(text);
}

/** The same of what has a row of its own: of a larger one than PostgreSQL's integer there is none. */
export function rowParam(c: GithubCall, name: string): number {
  return Math.min(numberParam(c, name), 2 ** 31 - 1);
}
