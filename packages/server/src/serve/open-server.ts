import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunnerGateway } from '@slipway/contracts/runner-protocol';
import type { JobRequest } from '@slipway/workflow';
import { ensureAdminToken } from '../access/tokens.ts';
import { enterEnvironments } from '../approvals/enter-environment.ts';
import { shareNotices } from '../controller/postgres-notices.ts';
import { type Controller, startController } from '../controller/start-controller.ts';
import type { EventSources } from '../events/event-sources.ts';
import { followRun } from '../events/follow-run.ts';
import { wantReports } from '../github/want-reports.ts';
import { createLink, linkUrl } from '../identity/links.ts';
import { createKeptJobs } from '../kept-jobs/kept-jobs.ts';
import { endsWithin } from '../operation/ends-within.ts';
import type { Metrics } from '../operation/metrics.ts';
import { storeGateway } from '../runners/store-gateway.ts';
import type { Store } from '../store/open-store.ts';
import { answerRequests, type RequestAnswer } from './answer-requests.ts';
import { type Background, startBackground } from './background.ts';
import { equipClaims } from './equip-claim.ts';
import { deliverySources, openNotifications, openRollouts } from './open-delivery.ts';
import { createPushWatch } from './push-watch.ts';
import type { ServerOptions } from './server-options.ts';
import { closeParts, openParts, type ServerParts } from './server-parts.ts';

/** A server that answers. */
export interface SlipwayServer {
  /** Where it listens. */
  url: string;
  publicUrl: string;
  /** Of a new store, this once. */
  adminToken: string | null;
  /** Where the first user, an admin, is made; of a new store, this once, good for a day. */
  firstAdminLink: string | null;
  /** For runners in this process. */
  gateway: RunnerGateway<JobRequest>;
  /** No more claims, and streams that are followed end; everything else is answered, so that jobs under way can end. */
  drain(): void;
  /** Writes what is decided and ends; what a store that does not answer keeps from ending is left as a crash would leave it. */
  close(): Promise<void>;
}

/** Opens the store, listens, drives runs and answers. @throws Error that says what can't be opened or listened on */
export async function openServer(options: ServerOptions): Promise<SlipwayServer> {
  const { now, logger, tidyEveryMs = 60_000 } = options;
  const parts = await openParts(options);
  const { server, url, answerBy } = await listen(options).catch(async (error: unknown) => {
    await closeParts(parts);
    throw error;
  });
  const publicUrl = (options.publicUrl ?? url).replace(/\/+$/, '');
  const adminToken = await ensureAdminToken({ store: parts.store, now: now() }, options.adminToken);
  const firstAdminLink =
    adminToken === null ? null : await makeFirstAdminLink(parts.store, { now: now(), publicUrl });
  const sources: EventSources = { ...parts.sources, publicUrl };
  const onTrouble = (error: unknown): void => {
    logger.error({ err: error }, 'something did not work and is tried again');
  };
  const keepToOneself = tellOtherServers(options, { sources, onTrouble });
  const pushes = createPushWatch(sources, onTrouble);
  const background = startBackground({ sources, parts, tidyEveryMs, onTrouble });
  const controller = openController(options, { sources, background, metrics: parts.metrics, onTrouble });
  const delivery = deliverySources(options, parts, sources);
  const rollouts = openRollouts(options, delivery, onTrouble);
  const notifications = openNotifications(options, { sources, delivery }, onTrouble);
  const gateway = openGateway(options, { parts, sources, controller });
  answerBy(answerRequests({ options, parts, sources, delivery, gateway, pushes, background, onTrouble }));
  void pushes.lookEverywhere().catch(onTrouble);
  return {
    url,
    publicUrl,
    adminToken,
    firstAdminLink,
    gateway,
    drain: () => parts.closing.abort(),
    async close() {
      parts.closing.abort();
      const leave = leavingBy(onTrouble);
      await Promise.all([
        controller.close(),
        leave('rollouts', rollouts.close()),
        leave('notifications', notifications.close()),
      ]);
      await delivery.targets.close();
      await Promise.all([leave('pushes', pushes.close()), leave('background work', background.close())]);
      await keepToOneself();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await leave('the store', closeParts(parts));
    },
  };
}

/** Longer than anything takes that a store answers. */
const longestFarewellMs = 10_000;

function leavingBy(onTrouble: (error: unknown) => void) {
  return async (what: string, work: Promise<void>): Promise<void> => {
    if (await endsWithin(longestFarewellMs, work)) return;
    onTrouble(new Error(`${what} did not end within ${longestFarewellMs / 1000} s: left as after a crash`));
  };
}

async function makeFirstAdminLink(
  store: Store,
  { now, publicUrl }: { now: number; publicUrl: string },
): Promise<string> {
  const { secret } = await createLink({ store, now }, { kind: 'first-admin' });
  return linkUrl(publicUrl, secret);
}

/** Those that share the store learn at once what is noticed here, and the other way round. @returns ends it */
function tellOtherServers(
  { location }: ServerOptions,
  { sources: { notices }, onTrouble }: { sources: EventSources; onTrouble: (error: unknown) => void },
): () => Promise<void> {
  if (location?.kind !== 'postgres') return async () => {};
  return shareNotices(notices, { url: location.url, onTrouble });
}

interface Driving {
  sources: EventSources;
  background: Background;
  metrics: Metrics;
  onTrouble: (error: unknown) => void;
}

function openController(
  { now, runnerLeaseMs }: ServerOptions,
  { sources, background, metrics, onTrouble }: Driving,
): Controller {
  return startController({
    store: sources.store,
    notices: sources.notices,
    owner: randomUUID(),
    now,
    onTrouble,
    assessEntries: enterEnvironments(sources),
    onRunBegun: (begun) => followRun(sources, { ...begun, conclusion: null }),
    async onRunFinished(finished) {
      const runId = Number(finished.run.runId);
      await followRun(sources, { ...finished, action: 'completed' });
      if (await wantReports(sources, runId)) background.reports.wake();
      // Last: what fails is done again, and a run counts once.
      await metrics.runEnded(runId).catch(onTrouble);
    },
    ...(runnerLeaseMs !== undefined && { runnerLeaseMs }),
  });
}

function openGateway(
  { now, runnerLeaseMs = 60_000, logger }: ServerOptions,
  { parts, sources, controller }: { parts: ServerParts; sources: EventSources; controller: Controller },
): RunnerGateway<JobRequest> {
  const { store, streams, blobs, key, metrics } = parts;
  const { notices } = sources;
  return storeGateway({
    store,
    streams,
    now,
    leaseMs: runnerLeaseMs,
    equip: equipClaims(sources, key),
    keptJobs: createKeptJobs({ store, blobs, now }),
    onProgress(job) {
      controller.hear(job);
      metrics.jobEnded(job.jobId).catch((err: unknown) => logger.warn({ err }, 'a job was not counted'));
    },
    jobsMayWait: (signal) => notices.next('queue', signal),
    jobMayStop: (jobId, signal) => notices.next(`stop:${jobId}`, signal),
  });
}

interface Listening {
  server: Server;
  url: string;
  /** Requests that came before wait for it. */
  answerBy(answer: RequestAnswer): void;
}

async function listen({ host, port }: ServerOptions): Promise<Listening> {
  const answer = Promise.withResolvers<RequestAnswer>();
  const server = createServer(async (request, response) => (await answer.promise)(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${taken}`;
  return { server, url, answerBy: answer.resolve };
}
