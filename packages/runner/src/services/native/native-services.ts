import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { serviceAccount } from '../../machine/account.ts';
import { splitCommandLine } from '../../processes/command-line.ts';
import { trackingVariable } from '../../processes/tracking.ts';
import { waitUntilHealthy } from '../health.ts';
import { majorOfTag } from '../image-reference.ts';
import { choosePublishedPorts, type PublishedPorts } from '../published-ports.ts';
import { ServiceError } from '../service-error.ts';
import type { RunningService, ServiceContext, ServiceProvider, ServiceRequest } from '../service-provider.ts';
import type { PreparedServer } from './engine.ts';
import { prepareHealthCommand } from './health-command.ts';
import { assertPortFree, findFreePort, loopbackAddresses } from './host-port.ts';
import { createServiceDirectory } from './service-directory.ts';
import { type ServiceProcess, startServiceProcess } from './service-process.ts';
import { findServing, type Serving } from './serving.ts';

export interface NativeServicesOptions {
  slipwayHome: string;
  /** How long a server may take to accept connections, before its health command counts; default 60 s. */
  startTimeoutMs?: number;
}

const DEFAULT_START_TIMEOUT_MS = 60_000;

/**
 * Serves `services:` with the machine's own PostgreSQL, Redis (Valkey) and MySQL (MariaDB): no docker, no image.
 * Each service has its own data directory and listens on the loopback; everything is gone when it is stopped.
 */
export function createNativeServices(options: NativeServicesOptions): ServiceProvider {
  return {
    async cannotServe(request) {
      const matched = await findServing(request);
      return matched.kind === 'no' ? matched.why : null;
    },
    async start(request, context) {
      const matched = await findServing(request);
      if (matched.kind === 'no') throw new ServiceError('cannot-serve', matched.why);
      return startService({ ...matched, request, context, options });
    },
  };
}

interface Start extends Serving {
  request: ServiceRequest;
  context: ServiceContext;
  options: NativeServicesOptions;
}

async function startService(start: Start): Promise<RunningService> {
  const { engine, image, installation, createOptions, request, context, options } = start;
  const env = { ...createOptions.env, ...request.env };
  const args = splitCommandLine(request.command ?? '');
  const published = choosePublishedPorts(request, createOptions.publish, engine.containerPort(args, env));
  const port = published.hostPort ?? (await findFreePort());
  if (published.hostPort !== null) await assertPortFree(port, request.id);
  for (const line of describeChoice(start, published, port)) context.log(line);

  const account = serviceAccount([engine.tool === 'postgresql' ? 'postgres' : engine.tool]);
  const directory = await createServiceDirectory({
    jobDirectory: context.directory,
    trackingId: context.trackingId,
    serviceId: request.id,
    account,
  });
  const baseEnv = baseEnvironment(context, directory.path);
  let server: ServiceProcess | undefined;
  try {
    const prepared = await engine.prepare({
      ...{ request, image, installation, env, args, account, port, baseEnv },
      directory: directory.path,
      addresses: loopbackAddresses(),
      templates: join(options.slipwayHome, 'services', 'templates'),
      log: context.log,
    });
    context.signal.throwIfAborted();
    server = await startServiceProcess(prepared.command, join(context.directory, `${request.id}.log`));
    await waitUntilUp({ start, prepared, server, baseEnv });
  } catch (error) {
    await server?.stop();
    await directory.remove();
    throw context.signal.aborted
      ? new ServiceError('cancelled', `Service ${request.id} was cancelled.`)
      : error;
  }
  const running = server;
  return {
    id: request.id,
    containerId: String(running.pid),
    network: 'host',
    ports: published.containerPorts.length
      ? Object.fromEntries(published.containerPorts.map((p) => [p, String(port)]))
      : {},
    async stop() {
      await running.stop();
      await directory.remove();
    },
  };
}

function describeChoice({ installation, image }: Start, published: PublishedPorts, port: number): string[] {
  const wanted = majorOfTag(image.tag);
  const product = image.path.split('/').at(-1)!.toLowerCase();
  const differs =
    (wanted !== null && wanted !== installation.major) ||
    (['mysql', 'mariadb', 'valkey', 'redis'].includes(product) &&
      product !== installation.product.toLowerCase());
  return [
    `${installation.title} of this machine serves ${image.text} on port ${port}`,
    ...(differs
      ? [
          `${installation.title} is not the version that ${image.text} names; use --executor docker where that matters`,
        ]
      : []),
    ...published.warnings,
  ];
}

/** Not the environment of the command line: a service sees no secret that it wasn't given. */
function baseEnvironment(context: ServiceContext, home: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: home,
    LC_ALL: 'C',
    TZ: 'UTC',
    [trackingVariable]: context.trackingId,
  };
}

interface Waiting {
  start: Start;
  prepared: PreparedServer;
  server: ServiceProcess;
  baseEnv: Record<string, string>;
}

async function waitUntilUp({ start, prepared, server, baseEnv }: Waiting): Promise<void> {
  const { request, context, createOptions, options } = start;
  const startedAt = performance.now();
  await waitUntilReady({
    start,
    prepared,
    server,
    timeoutMs: options.startTimeoutMs ?? DEFAULT_START_TIMEOUT_MS,
  });
  if (createOptions.health) {
    const check = createOptions.health;
    const runHealthCommand = await prepareHealthCommand({
      serviceId: request.id,
      context,
      clients: prepared.clients,
      baseEnv,
    });
    const health = await waitUntilHealthy({
      check,
      probe: () => runHealthCommand(check.command, check.timeoutMs),
      ended: server.ended,
      signal: context.signal,
    });
    if (health.kind !== 'healthy') throw neverHealthy(request, health.why, server);
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  context.log(`${createOptions.health ? 'healthy' : 'ready'} after ${seconds} s`);
}

async function waitUntilReady({
  start,
  prepared,
  server,
  timeoutMs,
}: Omit<Waiting, 'baseEnv'> & { timeoutMs: number }): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (let pauseMs = 10; !(await prepared.isReady()); pauseMs = Math.min(pauseMs * 2, 500)) {
    const ending = server.ended();
    if (ending !== null) throw neverHealthy(start.request, ending, server);
    if (performance.now() > deadline) {
      throw neverHealthy(
        start.request,
        `accepts no connections after ${Math.round(timeoutMs / 1000)} s`,
        server,
      );
    }
    await delay(pauseMs, undefined, { signal: start.context.signal });
  }
  // The port may be answered by another server that took it first: then this one has ended or is about to.
  const ending = server.ended();
  if (ending !== null) throw neverHealthy(start.request, ending, server);
}

function neverHealthy(request: ServiceRequest, why: string, server: ServiceProcess): ServiceError {
  const log = server.logTail();
  return new ServiceError(
    'unhealthy',
    `Service ${request.id} (${request.image}) never got healthy: ${why}.${log ? `\nIts log ends:\n${log}` : ' It printed nothing.'}`,
  );
}
