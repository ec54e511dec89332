import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { RunnerGateway } from '@slipway/contracts/runner-protocol';
import type { JobRequest } from '@slipway/workflow';
import type { Identification } from '../access/identify.ts';
import { readJobPrincipal } from '../access/job-token.ts';
import { createSignInLimits } from '../access/sign-in-limits.ts';
import { defaultArtifactLimits } from '../artifacts/artifact-service.ts';
import { defaultCacheLimits } from '../caches/cache-service.ts';
import type { DeliverySources } from '../delivery/delivery-sources.ts';
import type { EventSources } from '../events/event-sources.ts';
import { webhookRoutes } from '../github/webhook-routes.ts';
import type { ApiContext } from '../http/api/api-context.ts';
import { answerGit, type GitRoutes } from '../http/git-routes.ts';
import { oidcCallbackPath, signInPages } from '../http/pages/sign-in-pages.ts';
import { serverApp } from '../http/server-app.ts';
import { createOidcLogin } from '../identity/oidc-login.ts';
import { findProject } from '../projects/find-project.ts';
import { resultsApp } from '../results/results-app.ts';
import type { Background } from './background.ts';
import type { PushWatch } from './push-watch.ts';
import type { ServerOptions } from './server-options.ts';
import type { ServerParts } from './server-parts.ts';

export type RequestAnswer = (request: IncomingMessage, response: ServerResponse) => void;

export interface Answering {
  options: ServerOptions;
  parts: ServerParts;
  sources: EventSources;
  delivery: DeliverySources;
  gateway: RunnerGateway<JobRequest>;
  pushes: PushWatch;
  background: Background;
  onTrouble: (error: unknown) => void;
}

const maxUploadBytes = 10 * 1024 ** 3;

/** Everything that the port answers: git, the REST interface, runners, webhooks, artifacts and caches. */
export function answerRequests(answering: Answering): RequestAnswer {
  const { options, parts, sources, delivery, gateway, pushes, background, onTrouble } = answering;
  const { store, blobs, uploads, key, storage, metrics, streams, closing } = parts;
  const { now, logger, version } = options;
  const { assertRoom } = storage;
  const identification = identificationOf(answering);
  const context: ApiContext = {
    ...sources,
    identification,
    streams,
    blobs,
    delivery,
    assertRoom,
    onProjectChanged: (project, actor) => void pushes.look(project, actor),
    onRepositoryChanged: async (project, actor) => void (await pushes.look(project, actor)),
    closing: closing.signal,
  };
  const limits = { artifactLimits: defaultArtifactLimits, cacheLimits: defaultCacheLimits, maxUploadBytes };
  const quotasOf = async (name: string) => (await findProject(store, name)).settings.quotas;
  const results = resultsApp({ store, blobs, uploads, now, key, quotasOf, ...limits });
  const onDelivery = background.deliveries.wake;
  const webhooks = webhookRoutes({ sources, metrics, assertRoom, onDelivery });
  const { publicUrl } = sources;
  const callbackUrl = `${publicUrl}${oidcCallbackPath}`;
  const oidc = options.oidc === undefined ? null : createOidcLogin(options.oidc, { callbackUrl, key });
  const pages = signInPages(identification, oidc);
  const app = serverApp({ context, gateway, results, webhooks, pages, metrics, storage, logger, version });
  const answer = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const git: GitRoutes = { sources, identification, assertRoom, onPushed: pushes.look, onTrouble };
  return (request, response) => {
    if (!answerGit(git, request, response)) void answer(request, response);
  };
}

function identificationOf({ options, parts, sources }: Answering): Identification {
  const { store, key, metrics } = parts;
  const { now, signInLimits, trustedProxies = 0 } = options;
  return {
    store,
    now,
    key,
    publicUrl: sources.publicUrl,
    limits: createSignInLimits(signInLimits),
    trustedProxies,
    readJob: (token) => readJobPrincipal(token, { store, key, now: now() }),
    onAuthentication: metrics.authentication,
  };
}
