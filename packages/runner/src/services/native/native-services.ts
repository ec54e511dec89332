import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { installHint } from '../../machine/package-manager.ts';
import { trackingVariable } from '../../processes/tracking.ts';
import { splitCommandLine } from '../command-line.ts';
import { type CreateOptions, readCreateOptions } from '../create-options.ts';
import { type ImageReference, majorOfTag, parseImageReference } from '../image-reference.ts';
import { choosePublishedPorts, type PublishedPorts } from '../published-ports.ts';
import { ServiceError } from '../service-error.ts';
import type { RunningService, ServiceContext, ServiceProvider, ServiceRequest } from '../service-provider.ts';
import { serviceAccount } from './account.ts';
import type { Engine, Installation, PreparedServer } from './engine.ts';
import { waitUntilHealthy } from './health.ts';
import { type HealthClients, writeHealthClients } from './health-clients.ts';
import { assertPortFree, findFreePort, loopbackAddresses } from './host-port.ts';
import { mysql } from './mysql.ts';
import { postgres } from './postgres.ts';
import { redis } from './redis.ts';
import { runProgram } from './run-program.ts';
import { createServiceDirectory } from './service-directory.ts';
import { type ServiceProcess, startServiceProcess } from './service-process.ts';

export interface NativeServicesOptions {
  slipwayHome: string;
  /** How long a server may take to accept connections, before its health command counts; default 60 s. */
  startTimeoutMs?: number;
}

const engines: Engine[] = [postgres, redis, mysql];
const DEFAULT_START_TIMEOUT_MS = 60_000;

/**
 * Serves `services:` with the machine's own PostgreSQL, Redis (Valkey) and MySQL (MariaDB): no docker, no image.
 * Each service has its own data directory and listens on the loopback; everything is gone when it is stopped.
 */
export function createNativeServices(options: NativeServicesOptions): ServiceProvider {
  return {
    async cannotServe(request) {
      const matched = await match(request);
      return matched.kind === 'no' ? matched.why : null;
    },
    async start(request, context) {
      const matched = await match(request);
      if (matched.kind === 'no') throw new ServiceError('cannot-serve', matched.why);
      return startService({ ...matched, request, context, options });
    },
  };
}

interface Match {
  kind: 'yes';
  engine: Engine;
  image: ImageReference;
  installation: Installation;
  createOptions: CreateOptions;
}

const DOCKER_MEND = 'or run this job with --executor docker';

async function match(request: ServiceRequest): Promise<Match | { kind: 'no'; why: string }> {
  const image = parseImageReference(request.image);
  const no = (why: string) => ({
    kind: 'no' as const,
    why: `Service ${request.id} (${request.image}): ${why}.`,
  });
  const engine = engines.find((candidate) => candidate.serves(image));
  if (!engine) {
    return no(
      'without docker only postgres, redis, valkey, mysql and mariadb images can be served; run this job with --executor docker',
    );
  }
  const installation = await engine.find(image);
  if (!installation) {
    return no(`this machine has no ${engine.product}: ${installHint(engine.tool)}, ${DOCKER_MEND}`);
  }
  const read = readCreateOptions(request.options);
  if (read.kind === 'invalid') return no(read.problem);
  const refusal =
    engine.refuse(request, image, installation) ?? refuseContainerFeatures(request, read.options, engine);
  if (refusal) return no(`${refusal}; run this job with --executor docker`);
  return { kind: 'yes', engine, image, installation, createOptions: read.options };
}

function refuseContainerFeatures(
  request: ServiceRequest,
  options: CreateOptions,
  engine: Engine,
): string | null {
  if (request.entrypoint) return 'entrypoint: needs the container itself';
  const volume = [...request.volumes, ...options.volumes].find((text) => !isDataVolume(text, engine));
  return volume === undefined ? null : `the volume ${volume} needs the container itself`;
}

/** A volume that only holds the data: the data directory here is as empty and as short-lived as on a fresh runner. */
function isDataVolume(volume: string, engine: Engine): boolean {
  return volume.split(':').some((part) => engine.dataPaths.includes(part.replace(/\/+$/, '')));
}

interface Start extends Match {
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

function describeChoice(
  { installation, image, request }: Start,
  published: PublishedPorts,
  port: number,
): string[] {
  const wanted = majorOfTag(image.tag);
  const product = image.path.split('/').at(-1)!.toLowerCase();
  const differs =
    (wanted !== null && wanted !== installation.major) ||
    (['mysql', 'mariadb', 'valkey', 'redis'].includes(product) &&
      product !== installation.product.toLowerCase());
  return [
    `${request.id}: ${installation.title} of this machine serves ${image.text} on port ${port}`,
    ...(differs
      ? [
          `${request.id}: ${installation.title} is not the version that ${image.text} names; use --executor docker where that matters`,
        ]
      : []),
    ...published.warnings.map((warning) => `${request.id}: ${warning}`),
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
    const runHealthCommand = await prepareHealthCommand(start, prepared.clients, baseEnv);
    const health = await waitUntilHealthy({
      check,
      probe: () => runHealthCommand(check.command, check.timeoutMs),
      ended: server.ended,
      signal: context.signal,
    });
    if (health.kind !== 'healthy') throw neverHealthy(request, health.why, server);
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  context.log(`${request.id}: ${createOptions.health ? 'healthy' : 'ready'} after ${seconds} s`);
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

async function prepareHealthCommand(
  { request, context }: Start,
  clients: HealthClients,
  baseEnv: Record<string, string>,
) {
  const directory = join(context.directory, `${request.id}-clients`);
  await mkdir(directory, { recursive: true });
  await writeHealthClients(directory, clients);
  const env = {
    ...baseEnv,
    ...clients.env,
    PATH: `${directory}:${baseEnv.PATH}`,
    [trackingVariable]: context.trackingId,
  };
  return async (command: string, timeoutMs: number) => {
    const { status, output } = await runProgram({
      file: '/bin/sh',
      args: ['-c', command],
      cwd: directory,
      env,
      input: '',
      timeoutMs,
      signal: context.signal,
    });
    return { healthy: status === 0, output };
  };
}

function neverHealthy(request: ServiceRequest, why: string, server: ServiceProcess): ServiceError {
  const log = server.logTail();
  return new ServiceError(
    'unhealthy',
    `Service ${request.id} (${request.image}) never got healthy: ${why}.${log ? `\nIts log ends:\n${log}` : ' It printed nothing.'}`,
  );
}
