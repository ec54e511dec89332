import type { HttpBindings } from '@hono/node-server';
import { SlipwayError } from '@slipway/contracts/errors';
import type { RunnerGateway } from '@slipway/contracts/runner-protocol';
import type { JobRequest } from '@slipway/workflow';
import { type Context, Hono } from 'hono';
import { routePath } from 'hono/route';
import { attestationsApp } from '../attestations/attestations-app.ts';
import { githubApiApp } from '../github-api/github-api-app.ts';
import { GithubError } from '../github-api/github-error.ts';
import { oidcApp } from '../oidc/oidc-app.ts';
import { createOidcKeys } from '../oidc/oidc-keys.ts';
import type { Logger } from '../operation/logger.ts';
import type { Metrics } from '../operation/metrics.ts';
import { isStorageFull, type StorageWatch } from '../operation/storage-watch.ts';
import { answerError, asSlipwayError } from './answer-error.ts';
import { apiApp } from './api/api-app.ts';
import type { ApiContext } from './api/api-context.ts';
import { requireMetricsReader } from './metrics-access.ts';
import { runnerAccess } from './runner-access.ts';
import { runnerRoutes } from './runner-routes.ts';

export interface ServerAppOptions {
  context: ApiContext;
  gateway: RunnerGateway<JobRequest>;
  /** Artifacts and caches, at the root: their clients take the origin of a URL only. */
  results: Hono<{ Bindings: HttpBindings }>;
  webhooks: Hono;
  /** Set-up and sign-in, at the root. */
  pages: Hono<{ Bindings: HttpBindings }>;
  metrics: Metrics;
  storage: StorageWatch;
  logger: Logger;
  version: string;
}

type App = Hono<{ Bindings: HttpBindings }>;

/** Everything that is answered over HTTP but git. */
export function serverApp(options: ServerAppOptions): App {
  const { context, gateway, results, webhooks, pages, metrics, storage, logger, version } = options;
  const app: App = new Hono();
  app.onError((error, c) => answerTrouble(error, c, { storage, logger }));
  app.notFound((c) => {
    const error = new SlipwayError('unknown-route', {
      message: `There is no ${c.req.method} ${c.req.path}.`,
    });
    return answerError(error, c);
  });
  app.use(async (c, next) => {
    const begin = performance.now();
    await next();
    const route = routePath(c, -1);
    const { method } = c.req;
    metrics.request({ method, route, status: c.res.status, durationMs: performance.now() - begin });
  });
  app.get('/healthz', (c) => c.text('ok\n'));
  app.get('/readyz', (c) => readiness(c, context, storage));
  app.get('/metrics', async (c) => {
    await requireMetricsReader(c, context.identification);
    const { registry } = metrics;
    return c.body(await registry.metrics(), 200, { 'content-type': registry.contentType });
  });
  const api = apiApp(context, version);
  api.onError((error, c) => answerTrouble(error, c, { storage, logger }));
  app.route('/api/v1', api as unknown as App);
  const runners = runnerRoutes({
    gateway,
    access: runnerAccess(context.identification, context.store),
    closing: context.closing,
  });
  runners.onError((error, c) => answerTrouble(error, c, { storage, logger }));
  app.use('/runner/v1/claims', async (_, next) => {
    // Runners ask again a little later, of this server when it is back, or of another.
    if (context.closing.aborted) throw new SlipwayError('closing');
    await next();
  });
  app.route('/runner/v1', runners as unknown as App);
  webhooks.onError((error, c) => answerTrouble(error, c, { storage, logger }));
  app.route('/webhooks', webhooks as unknown as App);
  const github = githubApiApp({ ...context, key: context.identification.key }, (error, c) =>
    explainTrouble(error, c, { storage, logger }),
  );
  const { key: serverKey } = context.identification;
  const oidc = oidcApp({ sources: context, keys: createOidcKeys({ ...context, serverKey }), serverKey });
  oidc.onError((error, c) => answerTrouble(error, c, { storage, logger }));
  app.route('/oidc', oidc as unknown as App);
  if (context.delivery.attestor) {
    const attestations = attestationsApp(context.delivery.attestor.keys);
    attestations.onError((error, c) => answerTrouble(error, c, { storage, logger }));
    app.route('/attestations', attestations as unknown as App);
  }
  app.route('/', github);
  app.route('/', pages);
  for (const path of ['/twirp/*', '/_apis/*', '/uploads/*', '/artifacts/*', '/caches/*']) {
    app.all(path, (c) => results.fetch(c.req.raw, c.env));
  }
  return app;
}

interface Watching {
  storage: StorageWatch;
  logger: Logger;
}

function answerTrouble(error: unknown, c: Context, watching: Watching): Response {
  return answerError(explainTrouble(error, c, watching), c);
}

/** The server's own mistakes go to its log; that the disk is full is no mistake of its. */
function explainTrouble(error: unknown, c: Context, { storage, logger }: Watching): unknown {
  if (isStorageFull(error)) {
    void storage.look().catch(() => {});
    return new SlipwayError('storage-full', { cause: error });
  }
  if (!(error instanceof GithubError) && asSlipwayError(error).code === 'internal') {
    logger.error({ err: error, method: c.req.method, path: c.req.path }, 'a request failed');
  }
  return error;
}

/** Whether requests make sense: the store answers, there is room, and the server is not about to end. */
async function readiness(
  c: Context,
  { store, closing }: ApiContext,
  storage: StorageWatch,
): Promise<Response> {
  if (closing.aborted) return answerError(new SlipwayError('closing'), c);
  if (storage.state.kind === 'full') return answerError(new SlipwayError('storage-full'), c);
  await store.selectFrom('project').select('name').limit(1).execute();
  return c.text('ready\n');
}
