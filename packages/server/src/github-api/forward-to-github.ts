import { SlipwayError } from '@slipway/contracts/errors';
import { mayDo } from '../access/permission.ts';
import type { Project } from '../projects/find-project.ts';
import { readCredentials } from '../secrets/project-credentials.ts';
import { assertPublished, isReleaseList, withoutDrafts } from './drafts-at-github.ts';
import type { GithubCall, GithubContext } from './github-context.ts';
import { notFound } from './github-error.ts';

/** Thrown once the caller was let in: the project is on GitHub, and so is what is asked for. */
export class OnGithub extends Error {
  override readonly name = 'OnGithub';
  readonly project: Project;

  constructor(project: Project) {
    super(`${project.name} is on GitHub`);
    this.project = project;
  }
}

/** What Slipway itself has of a project on GitHub: runs and what comes of them, findings, and the mirror of its code. */
const own =
  /^\/(?:actions|code-scanning|environments|dispatches|contents|readme|tags|compare|tarball|zipball|git|branches|commits)(?:\/|$)/;
/** What is said about code, but is not of it. */
const aboutCode =
  /^\/(?:branches\/.+\/protection|commits\/.+\/(?:status|statuses|check-runs|check-suites|pulls))$/;

/** What is changed at GitHub by people themselves: the project's token may do more than whoever asks, and there it would not be held up. */
const guarded = /^\/(?:contents|git|pulls\/\d+\/(?:merge|reviews))(?:\/|$)/;

/**
 * Whether GitHub is to answer, of a path below the repository. Its code is read here, and changed there.
 * @throws SlipwayError `not-hosted`
 */
export function isOfGithub(
  { name, settings: { source } }: Project,
  { method, below }: { method: string; below: string },
): boolean {
  if (source.kind !== 'github') return false;
  const isChange = method !== 'GET' && method !== 'HEAD';
  if (isChange && guarded.test(below)) {
    throw new SlipwayError('not-hosted', { message: `${name} is on GitHub: this is done there.` });
  }
  return below !== '' && (!own.test(below) || aboutCode.test(below));
}

const answerWithinMs = 60_000;

/**
 * Asks GitHub with the project's own token what a job or a person has asked here and may. Its answer names this server where it named GitHub,
 * so that clients go on asking here.
 * @throws SlipwayError `github-unreachable`; GithubError 404 for drafts of releases, which are for those who may write
 */
export async function forwardToGithub(
  context: GithubContext,
  { c, project }: { c: GithubCall; project: Project },
): Promise<Response> {
  const { source } = project.settings;
  if (source.kind !== 'github') throw new TypeError(`${project.name} is not on GitHub`);
  const { githubToken } = await readCredentials(context.secrets, project.name);
  if (githubToken === undefined) {
    throw new SlipwayError('github-unreachable', {
      message: `${project.name} is on GitHub, and has no token for it: set githubToken.`,
    });
  }
  const places = placesOf(source.apiUrl, context.publicUrl);
  const { root, below, url } = targetOf(c, project, places);
  const seesDrafts = mayDo(c.var.principal, 'release.write', project.name);
  if (!seesDrafts) await assertPublished(below, (path) => read(`${root}${path}`, githubToken));
  const answer = await ask(c, url, githubToken);
  const isText = /json|text/.test(answer.headers.get('content-type') ?? '');
  const translate = (text: string) =>
    places.reduce((changed, { there, here }) => changed.replaceAll(there, here), text);
  const headers = new Headers();
  for (const name of ['content-type', 'link', 'location', 'etag', 'last-modified']) {
    const value = answer.headers.get(name);
    if (value !== null) headers.set(name, translate(value));
  }
  const isListWithDrafts = !seesDrafts && answer.ok && c.req.method === 'GET' && isReleaseList(below);
  const hide = isListWithDrafts ? withoutDrafts : (text: string) => text;
  const body = isText ? translate(hide(await answer.text())) : answer.body;
  return new Response(answer.status === 204 || answer.status === 304 ? null : body, {
    status: answer.status,
    headers,
  });
}

interface Place {
  there: string;
  here: string;
}

/** Uploads first: at an Enterprise Server both begin alike. */
function placesOf(apiUrl: string, publicUrl: string): Place[] {
  const api = apiUrl.replace(/\/+$/, '');
  const isPublic = new URL(api).hostname === 'api.github.com';
  const uploads = isPublic ? 'https://uploads.github.com' : api.replace(/\/api\/v3$/, '/api/uploads');
  return [
    ...(uploads === api ? [] : [{ there: uploads, here: `${publicUrl}/api/uploads` }]),
    { there: api, here: `${publicUrl}/api/v3` },
  ];
}

interface Target {
  /** Of the repository's API. */
  root: string;
  /** Decoded path below it. */
  below: string;
  url: string;
}

/** The same path of the same repository, and nothing that decodes to another. @throws SlipwayError `bad-request` */
function targetOf(c: GithubCall, { name }: Project, places: readonly Place[]): Target {
  const { pathname, search } = new URL(c.req.url);
  const [, root = '', below = ''] = /^\/api\/(v3|uploads)\/repos\/[^/]+\/[^/]+(.*)$/.exec(pathname) ?? [];
  const decoded = decodedPath(below);
  if (decoded.split('/').includes('..')) {
    throw new SlipwayError('bad-request', { message: 'The path leads out of the repository.' });
  }
  const place = places.find(({ here }) => here.endsWith(`/api/${root}`)) ?? places[0];
  const repository = `${place?.there}/repos/${name}`;
  return { root: repository, below: decoded, url: `${repository}${below}${search}` };
}

/** @throws SlipwayError `bad-request` */
function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new SlipwayError('bad-request', { message: 'The path is no UTF-8.', cause });
  }
}

/** @throws GithubError 404 */
async function read(url: string, token: string): Promise<unknown> {
  const answer = await send(url, token, {
    method: 'GET',
    headers: { accept: 'application/vnd.github+json' },
  });
  if (!answer.ok) throw notFound();
  return answer.json();
}

async function ask(c: GithubCall, url: string, token: string): Promise<Response> {
  const { method } = c.req;
  const hasBody = method !== 'GET' && method !== 'HEAD' && method !== 'DELETE';
  const type = c.req.header('content-type');
  return send(url, token, {
    method,
    headers: {
      accept: c.req.header('accept') ?? 'application/vnd.github+json',
      'x-github-api-version': c.req.header('x-github-api-version') ?? '2022-11-28',
      ...(type !== undefined && { 'content-type': type }),
    },
    ...(hasBody && { body: await c.req.arrayBuffer() }),
  });
}

/** @throws SlipwayError `github-unreachable` */
async function send(
  url: string,
  token: string,
  request: RequestInit & { headers: Record<string, string> },
): Promise<Response> {
  try {
    return await fetch(url, {
      ...request,
      headers: { ...request.headers, authorization: `Bearer ${token}`, 'user-agent': 'slipway' },
      // Nobody else gets the token.
      redirect: 'manual',
      signal: AbortSignal.timeout(answerWithinMs),
    });
  } catch (cause) {
    throw new SlipwayError('github-unreachable', {
      message: `GitHub cannot be reached at ${new URL(url).origin}.`,
      cause,
    });
  }
}
