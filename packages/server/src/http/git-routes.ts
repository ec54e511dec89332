import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ErrorBody, SlipwayError } from '@slipway/contracts/errors';
import { actingAs } from '../access/authenticate.ts';
import { type Identification, identify } from '../access/identify.ts';
import { nameOf, requirePermission } from '../access/permission.ts';
import type { Principal } from '../access/principal.ts';
import type { Acceptance } from '../controller/accept-event.ts';
import type { EventSources } from '../events/event-sources.ts';
import { reportOf } from '../events/push-report.ts';
import { findProject, type Project } from '../projects/find-project.ts';
import { decidePush } from '../pull-requests/decide-push.ts';
import { repositoryDirectory } from '../repositories/bare-repository.ts';
import { type GitRequest, readGitRequest, serveGit } from '../repositories/git-http.ts';
import { asSlipwayError } from './answer-error.ts';

export interface GitRoutes {
  sources: EventSources;
  identification: Identification;
  assertRoom: () => void;
  /** A push has changed something, probably. */
  onPushed: (project: Project, actor: string) => Promise<readonly Acceptance[]>;
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
  const { sources } = routes;
  const principal = await letIn(routes, asked, request);
  const actor = nameOf(principal);
  const project = await findProject(sources.store, asked.project);
  const directory = repositoryDirectory(sources.repositories, project.name);
  if (asked.service === 'upload-pack') {
    return serveGit(asked, { request, response, directory, user: actor });
  }
  if (project.settings.source.kind !== 'hosted') {
    throw new SlipwayError('not-hosted', { message: `${project.name} is on GitHub: push there.` });
  }
  routes.assertRoom();
  const lookAtPush = () => routes.onPushed(project, actor);
  let isReported = asked.route === 'info/refs';
  try {
    await serveGit(asked, {
      request,
      response,
      directory,
      user: actor,
      decidePush: (push) => decidePush({ sources, project, principal }, push),
      async reportPush() {
        isReported = true;
        return reportOf(await lookAtPush());
      },
      onTrouble: routes.onTrouble,
    });
  } finally {
    // A client that is gone, or a crash of git, does not undo what was pushed.
    if (!isReported) await lookAtPush();
  }
}

/**
 * Who it is, once that is known to be allowed.
 * @throws SlipwayError `unauthorized`, `forbidden`
 */
async function letIn(
  { identification }: GitRoutes,
  { project, service }: GitRequest,
  request: IncomingMessage,
): Promise<Principal> {
  const { principal, credentials } = await identify(identification, {
    method: request.method ?? 'GET',
    // A page that a browser shows has no business with git.
    header: (name) => (name === 'cookie' ? undefined : request.headers[name]?.toString()),
    address: request.socket.remoteAddress ?? '',
  });
  requirePermission(principal, service === 'upload-pack' ? 'code.read' : 'code.write', project);
  return actingAs(principal, credentials);
}

function refuse(response: ServerResponse, { code, status, message, retryAfterSeconds }: SlipwayError): void {
  const body: ErrorBody = { error: { code, message } };
  response.writeHead(status, {
    'content-type': 'application/json',
    // The rest of a pack may still be on its way: nobody reads it.
    connection: 'close',
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
    ...(status === 401 && { 'www-authenticate': 'Basic realm="Slipway", charset="UTF-8"' }),
  });
  response.end(JSON.stringify(body));
}
