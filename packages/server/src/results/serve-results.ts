import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { defaultArtifactLimits, expireArtifacts } from '../artifacts/artifact-service.ts';
import { openFileBlobStore, removeStaleUploads } from '../blobs/blob-store.ts';
import { defaultCacheLimits } from '../caches/cache-service.ts';
import { openStore } from '../store/open-store.ts';
import { issueRuntimeToken, type JobScope } from './job-scope.ts';
import { keptRunsApi } from './kept-runs-api.ts';
import { createPendingUploads } from './pending-uploads.ts';
import { resultsApp } from './results-app.ts';
import type { ResultsContext } from './results-context.ts';

export interface ResultsServer {
  /** With a slash at its end, as the clients want it. */
  url: string;
  port: number;
  /** ACTIONS_RUNTIME_TOKEN of one job. */
  tokenFor(scope: JobScope): Promise<string>;
  /** Ends uploads that are under way and forgets them. */
  close(): Promise<void>;
}

const hourMs = 60 * 60 * 1000;
const tokenLifeMs = 24 * hourMs;
const staleUploadMs = 24 * hourMs;
const maxUploadBytes = 10 * 1024 ** 3;

/**
 * Serves artifacts and caches on loopback, kept in `<directory>/slipway.db` and `<directory>/blobs`. Tokens and signed URLs are good for
 * this server only: its key is made anew.
 * @param address default 127.0.0.1; containers need one that they reach
 * @param upstream GitHub's API, for artifacts of runs that are not kept here; default: it is not asked
 */
export async function serveResults({
  directory,
  now,
  address = '127.0.0.1',
  upstream = null,
  limits = {},
}: {
  directory: string;
  now: () => number;
  address?: string;
  upstream?: string | null;
  limits?: Partial<Pick<ResultsContext, 'artifactLimits' | 'cacheLimits' | 'maxUploadBytes'>>;
}): Promise<ResultsServer> {
  const store = await openStore({ kind: 'sqlite', file: path.join(directory, 'slipway.db') });
  const blobs = await openFileBlobStore(path.join(directory, 'blobs'));
  const key = randomBytes(32);
  const uploads = createPendingUploads(blobs, now);
  const context: ResultsContext = {
    store,
    blobs,
    uploads,
    now,
    key,
    artifactLimits: defaultArtifactLimits,
    cacheLimits: defaultCacheLimits,
    maxUploadBytes,
    ...limits,
  };
  await removeStaleUploads(blobs, now() - staleUploadMs);
  await expireArtifacts(context);

  const results = resultsApp(context);
  const app = new Hono<{ Bindings: HttpBindings }>().route('/other-runs', keptRunsApi(context, upstream));
  app.all('*', (c) => results.fetch(c.req.raw, c.env));
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, address, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const origin = `http://${address}:${port}`;
  return {
    url: `${origin}/`,
    port,
    tokenFor: (scope) => issueRuntimeToken(scope, { key, now: now(), lifeMs: tokenLifeMs }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await uploads.discardAll();
      await store.destroy();
    },
  };
}
