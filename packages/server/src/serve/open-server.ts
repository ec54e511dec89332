import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { RunnerGateway } from '@slipway/contracts/runner-protocol';
import type { JobRequest } from '@slipway/workflow';
import { openServerKey } from '../access/server-key.ts';
import { ensureAdminToken } from '../access/tokens.ts';
import { defaultArtifactLimits } from '../artifacts/artifact-service.ts';
import { type BlobStore, openFileBlobStore } from '../blobs/blob-store.ts';
import { defaultCacheLimits } from '../caches/cache-service.ts';
import { createNotices } from '../controller/notices.ts';
import { type Controller, startController } from '../controller/start-controller.ts';
import type { EventSources } from '../events/event-sources.ts';
import { followFinishedRun } from '../events/follow-run.ts';
import { deliverReports } from '../github/deliver-reports.ts';
import { takeDeliveries } from '../github/deliveries.ts';
import { watchReports } from '../github/report-watch.ts';
import { wantReports } from '../github/want-reports.ts';
import { webhookRoutes } from '../github/webhook-routes.ts';
import type { ApiContext } from '../http/api/api-context.ts';
import { answerGit } from '../http/git-routes.ts';
import { serverApp } from '../http/server-app.ts';
import type { Logger } from '../operation/logger.ts';
import { createMetrics, type Metrics } from '../operation/metrics.ts';
import { type StorageWatch, watchStorage } from '../operation/storage-watch.ts';
import { openSecretFiles } from '../projects/project-secrets.ts';
import { createWorkflowModels } from '../repositories/read-workflows.ts';
import { createPendingUploads } from '../results/pending-uploads.ts';
import { resultsApp } from '../results/results-app.ts';
import { openJobStreams } from '../runners/job-streams.ts';
import { storeGateway } from '../runners/store-gateway.ts';
import { fireSchedules } from '../schedules/fire-schedules.ts';
import { openStore, type Store, type StoreLocation } from '../store/open-store.ts';
import { startBackgroundWork } from './background-work.ts';
import { dataDirectory } from './data-directory.ts';
import { equipClaims } from './equip-claim.ts';
import { createPushWatch } from './push-watch.ts';

export interface ServerOptions {
  /** Folder of everything that is not in the tables; several servers of one store share it. */
  data: string;
  /** Default: a file in `data`. */
  location?: StoreLocation;
  host: string;
  /** 0: any. */
  port: number;
  /** Where people and jobs reach the server; default: where it listens. */
  publicUrl?: string;
  /** Takes the place of the token that there is; default: one is made for a new store. */
  adminToken?: string;
  /** With less room on the disk no work is accepted. */
  minFreeBytes: number;
  freeBytes?: () => Promise<number>;
  /** How long a runner may be silent; default 60,000. */
  runnerLeaseMs?: number;
  /** Fetches a workflow of a repository that is not here, `owner/name/path@ref`. */
  readRemote: (uses: string) => Promise<string>;
  now: () => number;
  logger: Logger;
  version: string;
}

/** A server that answers. */
export interface SlipwayServer {
  /** Where it listens. */
  url: string;
  publicUrl: string;
  /** Of a new store, this once. */
  adminToken: string | null;
  /** For runners in this process. */
  gateway: RunnerGateway<JobRequest>;
  /** No more claims, and streams that are followed end; everything else is answered, so that jobs under way can end. */
  drain(): void;
  /** Writes what is decided and ends. */
  close(): Promise<void>;
}

const lookEveryMs = 1_000;
const maxUploadBytes = 10 * 1024 ** 3;

/** Opens the store, listens, drives runs and answers. @throws Error that says what can't be opened or listened on */
export async function openServer(options: ServerOptions): Promise<SlipwayServer> {
  const { now, logger } = options;
  const parts = await openParts(options);
  const { store, closing, storage, metrics } = parts;
  const server = createServer();
  const port = await listen(server, options);
  const url = `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`;
  const publicUrl = (options.publicUrl ?? url).replace(/\/+$/, '');
  const adminToken = await ensureAdminToken({ store, now: now() }, options.adminToken);
  const sources: EventSources = { ...parts.sources, publicUrl };
  const onTrouble = (error: unknown): void => {
    logger.error({ err: error }, 'something did not work and is tried again');
  };
  const pushes = createPushWatch(sources, onTrouble);
  const background = startBackground(sources, onTrouble);
  const controller = startController({
    store,
    notices: sources.notices,
    owner: randomUUID(),
    now,
    onTrouble,
    async onRunFinished(finished) {
      await followFinishedRun(sources, finished);
      if (await wantReports(sources, Number(finished.run.runId))) background.reports.wake();
    },
    ...(options.runnerLeaseMs !== undefined && { runnerLeaseMs: options.runnerLeaseMs }),
  });
  const gateway = openGateway(options, { parts, sources, controller });
  const context: ApiContext = {
    ...sources,
    streams: parts.streams,
    blobs: parts.blobs,
    assertRoom: storage.assertRoom,
    onProjectChanged: (project, actor) => void pushes.look(project, actor),
    closing: closing.signal,
  };
  const results = resultsApp({
    store,
    blobs: parts.blobs,
    uploads: parts.uploads,
    now,
    key: parts.key,
    artifactLimits: defaultArtifactLimits,
    cacheLimits: defaultCacheLimits,
    maxUploadBytes,
  });
  const { version } = options;
  const webhooks = webhookRoutes({
    sources,
    metrics,
    assertRoom: storage.assertRoom,
    onDelivery: background.deliveries.wake,
  });
  const app = serverApp({ context, gateway, results, webhooks, metrics, storage, logger, version });
  const answer = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const git = {
    ...sources,
    key: parts.key,
    assertRoom: storage.assertRoom,
    onPushed: pushes.look,
    onTrouble,
  };
  server.on('request', (request, response) => {
    if (!answerGit(git, request, response)) void answer(request, response);
  });
  void pushes.lookEverywhere();
  return {
    url,
    publicUrl,
    adminToken,
    gateway,
    drain: () => closing.abort(),
    async close() {
      closing.abort();
      await controller.close();
      await pushes.close();
      await background.close();
      server.closeIdleConnections();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      storage.close();
      await parts.uploads.discardAll();
      await store.destroy();
    },
  };
}

/** What happens without anybody asking. */
function startBackground(sources: EventSources, onTrouble: (error: unknown) => void) {
  const watch = watchReports(sources);
  const everyMs = lookEveryMs;
  const reports = startBackgroundWork(
    async () => {
      await watch.look();
      await deliverReports(sources, onTrouble);
    },
    { everyMs, onTrouble },
  );
  const deliveries = startBackgroundWork(() => takeDeliveries(sources, onTrouble), { everyMs, onTrouble });
  const schedules = startBackgroundWork(() => fireSchedules(sources, onTrouble), { everyMs, onTrouble });
  return {
    reports,
    deliveries,
    async close() {
      watch.close();
      await Promise.all([reports.close(), deliveries.close(), schedules.close()]);
    },
  };
}

interface Parts {
  store: Store;
  blobs: BlobStore;
  streams: ReturnType<typeof openJobStreams>;
  uploads: ReturnType<typeof createPendingUploads>;
  key: Uint8Array;
  storage: StorageWatch;
  metrics: Metrics;
  closing: AbortController;
  sources: Omit<EventSources, 'publicUrl'>;
}

async function openParts(options: ServerOptions): Promise<Parts> {
  const { now, logger, minFreeBytes, freeBytes, readRemote } = options;
  const data = dataDirectory(options.data);
  const blobs = await openFileBlobStore(data.blobs);
  const key = await openServerKey(data.secrets);
  const store = await openStore(options.location ?? { kind: 'sqlite', file: data.database });
  const storage = await watchStorage({
    directory: data.root,
    minFreeBytes,
    ...(freeBytes && { freeBytes }),
    onChange(state) {
      if (state.kind === 'full') logger.error(state, 'the disk is full: no work is accepted');
      else logger.info(state, 'there is room again: work is accepted');
    },
  });
  const sources = {
    store,
    notices: createNotices(),
    now,
    repositories: data.repositories,
    secrets: openSecretFiles(data.secrets),
    models: createWorkflowModels(),
    readRemote,
  };
  return {
    store,
    blobs,
    streams: openJobStreams(data.streams),
    uploads: createPendingUploads(blobs, now),
    key,
    storage,
    metrics: createMetrics({ store, now, storage }),
    closing: new AbortController(),
    sources,
  };
}

function openGateway(
  { now, runnerLeaseMs = 60_000, logger }: ServerOptions,
  { parts, sources, controller }: { parts: Parts; sources: EventSources; controller: Controller },
): RunnerGateway<JobRequest> {
  const { store, streams, key, metrics } = parts;
  const { notices } = sources;
  return storeGateway({
    store,
    streams,
    now,
    leaseMs: runnerLeaseMs,
    equip: equipClaims(sources, key),
    onProgress(job) {
      controller.hear(job);
      metrics.jobEnded(job.jobId).catch((err: unknown) => logger.warn({ err }, 'a job was not counted'));
    },
    jobsMayWait: (signal) => notices.next('queue', signal),
    jobMayStop: (jobId, signal) => notices.next(`stop:${jobId}`, signal),
  });
}

async function listen(server: Server, { host, port }: ServerOptions): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}
