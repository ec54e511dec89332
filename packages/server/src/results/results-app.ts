import { randomUUID } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { errorTable } from '@slipway/contracts/errors';
import { Hono } from 'hono';
import { ZodError } from 'zod';
import { UnknownBlock, UploadTooLarge } from '../blobs/block-upload.ts';
import { isStorageFull } from '../operation/storage-watch.ts';
import { isHeld } from '../queue/job-queue.ts';
import type { Store } from '../store/open-store.ts';
import { artifactRpcs } from './artifact-rpcs.ts';
import { findDownload, putBlob, sendBlob } from './blob-routes.ts';
import { cacheRpcs } from './cache-rpcs.ts';
import { cacheV1Routes } from './cache-v1-routes.ts';
import { type JobScope, readRuntimeToken } from './job-scope.ts';
import type { ResultsCall, ResultsContext } from './results-context.ts';
import { ResultsError, resultsErrorStatus } from './results-error.ts';
import { assertSignedPath, signPath } from './signed-url.ts';
import type { Rpc } from './twirp.ts';

const urlLifeMs = 60 * 60 * 1000;

/** ACTIONS_RESULTS_URL and ACTIONS_CACHE_URL: artifacts v4, caches v1 and v2, and the blobs behind them. */
export function resultsApp(context: ResultsContext): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings; Variables: { call: ResultsCall } }>();
  const { key, now } = context;
  const callOf = async (url: string, authorization: string | undefined): Promise<ResultsCall> => {
    const scope = await readRuntimeToken(authorization, { key, now: now() });
    await assertRunning(context.store, scope);
    const signedUrl = (pathname: string) =>
      new URL(signPath(pathname, { key, expiresAt: now() + urlLifeMs }), url).href;
    return { ...context, scope, signedUrl };
  };
  const services: Record<string, Record<string, Rpc<ResultsCall>>> = {
    'github.actions.results.api.v1.ArtifactService': artifactRpcs,
    'github.actions.results.api.v1.CacheService': cacheRpcs,
  };

  app.post('/twirp/:service/:method', async (c) => {
    const call = await callOf(c.req.url, c.req.header('authorization'));
    const { service, method } = c.req.param();
    const procedure = services[service]?.[method];
    if (procedure === undefined)
      throw new ResultsError('bad_route', `${service}/${method} is not served here`);
    const body = await c.req.json().catch(() => {
      throw new ResultsError('malformed', 'the body is not JSON');
    });
    return c.json((await procedure.answer(call, body)) as object);
  });

  app.use('/_apis/artifactcache/*', async (c, next) => {
    c.set('call', await callOf(c.req.url, c.req.header('authorization')));
    await next();
  });
  app.route('/_apis/artifactcache', cacheV1Routes());

  app.put('/uploads/:id', async (c) => {
    const url = new URL(c.req.url);
    assertSignedPath(url, { key: context.key, now: context.now() });
    await putBlob(await context.uploads.get(c.req.param('id')), c.env.incoming, url);
    return c.body(null, 201, {
      ETag: `"${c.req.param('id')}"`,
      'x-ms-request-server-encrypted': 'false',
      // Azure names every request; BuildKit's client falls over without it.
      'x-ms-request-id': randomUUID(),
    });
  });

  app.get('/:kind{artifacts|caches}/:id{[0-9]+}', async (c) => {
    assertSignedPath(new URL(c.req.url), { key: context.key, now: context.now() });
    const download = await findDownload(context, c.req.param('kind'), Number(c.req.param('id')));
    await sendBlob(context.blobs, { download, request: c.env.incoming, response: c.env.outgoing });
    return RESPONSE_ALREADY_SENT;
  });

  app.notFound((c) => {
    throw new ResultsError('bad_route', `${c.req.method} ${c.req.path} is not served here`);
  });
  app.onError((error, c) => {
    if (c.env.outgoing.headersSent) {
      c.env.outgoing.destroy();
      return RESPONSE_ALREADY_SENT;
    }
    const { code, message } = asResultsError(error);
    // `msg` is Twirp's, `message` is what clients of cache v1 print.
    return c.json({ code, msg: message, message }, resultsErrorStatus[code]);
  });
  return app as unknown as Hono<{ Bindings: HttpBindings }>;
}

/** Posts are of the job: what they upload is before its end. @throws ResultsError unauthenticated */
async function assertRunning(store: Store, { claim }: JobScope): Promise<void> {
  if (claim === undefined || (await isHeld(store, claim))) return;
  throw new ResultsError('unauthenticated', 'the job of this token has ended');
}

function asResultsError(error: unknown): ResultsError {
  if (error instanceof ResultsError) return error;
  // Clients try again for a while; there may be room again.
  if (isStorageFull(error)) {
    return new ResultsError('unavailable', errorTable['storage-full'].message, { cause: error });
  }
  if (error instanceof UploadTooLarge) return new ResultsError('resource_exhausted', error.message);
  if (error instanceof UnknownBlock) return new ResultsError('invalid_argument', error.message);
  if (error instanceof ZodError || error instanceof SyntaxError) {
    return new ResultsError('malformed', 'the body is not what this route takes');
  }
  return new ResultsError('internal', error instanceof Error ? error.message : String(error));
}
