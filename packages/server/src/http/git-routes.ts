import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ErrorBody, SlipwayError } from '@slipway/contracts/errors';
import { readJobToken } from '../access/job-token.ts';
import { basicOf, bearerOf, whoseToken } from '../access/tokens.ts';
import type { EventSources } from '../events/event-sources.ts';
import { findProject, type Project } from '../projects/find-project.ts';
import { repositoryDirectory } from '../repositories/bare-repository.ts';
import { type GitRequest, readGitRequest, serveGit } from '../repositories/git-http.ts';
import { asSlipwayError } from './answer-error.ts';

export interface GitRoutes extends Pick<EventSources, 'store' | 'repositories' | 'now'> {
  /** Signs tokens of jobs. */
  key: Uint8Array;
  assertRoom: () => void;
  /** A push has changed something, probably. */
  onPushed: (project: Project, actor: string) => Promise<void>;
  onTrouble: (error: unknown) => void;
}

/**
 * Answers git clients: clone and fetch for all projects, push for hosted ones. The password is a token; the name says who acts.
 * @returns false if the request is not for git
 */
export function answerGit(routes: GitRoutes, request: IncomingMessage, response: ServerResponse): boolean {
  const asked = readGitRequest(request.method, request.url);
  if (asked === null) return false;
  serve(routes, { asked, request, response }).catch((error: unknown) => {
    const known = asSlipwayError(error);
    if (known.code === 'internal') routes.onTrouble(error);
    if (response.headersSent) response.destroy();
    else refuse(response, known);
  });
  return true;
}

interface Call {
  asked: GitRequest;
  request: IncomingMessage;
  response: ServerResponse;
}

async function serve(routes: GitRoutes, { asked, request, response }: Call): Promise<void> {
  const { store, repositories } = routes;
  const reader = await letIn(routes, asked, request.headers.authorization);
  const project = await findProject(store, asked.project);
  const directory = repositoryDirectory(repositories, project.name);
  if (asked.service === 'upload-pack') {
    return serveGit(asked, { request, response, directory, user: reader });
  }
  if (project.settings.source.kind !== 'hosted') {
    throw new SlipwayError('not-hosted', { message: `${project.name} is on GitHub: push there.` });
  }
  routes.assertRoom();
  await serveGit(asked, {
    request,
    response,
    directory,
    user: reader,
    ...(asked.route !== 'info/refs' && { onServed: () => routes.onPushed(project, reader) }),
  });
}

/**
 * Who it is.
 * @throws SlipwayError `unauthorized`
 */
async function letIn(
  { store, key, now }: GitRoutes,
  { project, service }: GitRequest,
  authorization: string | undefined,
): Promise<string> {
  const basic = basicOf(authorization);
  const token = basic?.token ?? bearerOf(authorization);
  if (token === undefined) throw new SlipwayError('unauthorized');
  // The tokens of jobs are signed, those of people are not.
  if (token.split('.').length === 3) {
    const readable = await readJobToken(token, { key, now: now() });
    if (readable.toLowerCase() === project.toLowerCase() && service === 'upload-pack') return 'job';
    throw new SlipwayError('unauthorized');
  }
  const owner = await whoseToken(store, token);
  return basic !== null && isLogin(basic.name) ? basic.name : owner;
}

function isLogin(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9-]{0,38}$/.test(name);
}

function refuse(response: ServerResponse, { code, status, message }: SlipwayError): void {
  const body: ErrorBody = { error: { code, message } };
  response.writeHead(status, {
    'content-type': 'application/json',
    // The rest of a pack may still be on its way: nobody reads it.
    connection: 'close',
    ...(status === 401 && { 'www-authenticate': 'Basic realm="Slipway", charset="UTF-8"' }),
  });
  response.end(JSON.stringify(body));
}
