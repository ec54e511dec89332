import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { findPortHolder } from '../machine/port-holder.ts';
import { splitCommandLine } from '../processes/command-line.ts';
import { readCreateOptions } from '../services/create-options.ts';
import { waitUntilHealthy } from '../services/health.ts';
import { ServiceError } from '../services/service-error.ts';
import type {
  RunningService,
  ServiceContext,
  ServiceProvider,
  ServiceRequest,
} from '../services/service-provider.ts';
import { containerLogTail, containerName, createContainer, removeContainer } from './container.ts';
import { type DockerClient, DockerError } from './docker-client.ts';
import { type ContainerHealth, readHealth } from './docker-health.ts';
import { ensureImage } from './image.ts';
import { ensureNetwork, removeNetwork } from './job-network.ts';

export interface DockerServicesOptions {
  /** The client for a job. */
  use: (trackingId: string) => Promise<DockerClient>;
  /** Images must be on this machine already; default false. */
  offline?: boolean;
}

/**
 * Serves `services:` as GitHub does: a container for each, on the job's network, under its id as host name.
 * Ports are published on the loopback.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/ContainerOperationProvider.cs
 */
export function createDockerServices(options: DockerServicesOptions): ServiceProvider {
  return {
    async cannotServe(request) {
      const read = readCreateOptions(request.options);
      return read.kind === 'invalid' ? `Service ${request.id} (${request.image}): ${read.problem}.` : null;
    },
    async start(request, context) {
      const client = await options.use(context.trackingId);
      return start({ request, context, client, offline: options.offline ?? false });
    },
  };
}

interface Start {
  client: DockerClient;
  offline: boolean;
  request: ServiceRequest;
  context: ServiceContext;
}

async function start(service: Start): Promise<RunningService> {
  const { client, request, context } = service;
  const { trackingId } = context;
  const name = containerName(trackingId, request.id);
  let id: string | undefined;
  const stop = async () => {
    // By name: a cancelled `create` may have made it without telling its id.
    await removeContainer(client, name);
    await removeNetwork(client, trackingId);
  };
  try {
    id = await create(service, name);
    await client.run(['start', id], { signal: context.signal });
    const ports = await readPorts(client, id);
    await waitUntilUp(service, id, ports);
    return { id: request.id, containerId: id, network: trackingId, ports, stop };
  } catch (error) {
    const failure = await explain(error, service, id);
    await stop();
    throw failure;
  }
}

async function create({ client, request, context, offline }: Start, name: string): Promise<string> {
  const { image, credentials } = request;
  await ensureImage(client, {
    image,
    ...(credentials && { credentials }),
    offline,
    log: context.log,
    signal: context.signal,
  });
  const spec = {
    image,
    name,
    trackingId: context.trackingId,
    network: await ensureNetwork(client, context.trackingId),
    networkAlias: request.id,
    env: request.env,
    ports: request.ports,
    volumes: request.volumes,
    mounts: [],
    options: request.options,
    ...(request.entrypoint && { entrypoint: request.entrypoint }),
    args: splitCommandLine(request.command ?? ''),
  };
  return createContainer(client, spec, context.signal);
}

/** `5432/tcp -> 127.0.0.1:49153`, once for each address. */
async function readPorts(client: DockerClient, id: string): Promise<Record<string, string>> {
  const text = await client.run(['port', id]);
  const lines = text.matchAll(/^(\d+)\/\w+ -> .*:(\d+)$/gm);
  return Object.fromEntries([...lines].map(([, container, host]) => [container!, host!]));
}

async function waitUntilUp(service: Start, id: string, ports: Record<string, string>): Promise<void> {
  const { client, request, context } = service;
  const startedAt = performance.now();
  const health = await readHealth(client, id);
  if (health) {
    const result = await waitUntilHealthy({
      check: health.check,
      probe: () => probe(client, id, health),
      ended: () => howItEnded(client, id),
      signal: context.signal,
    });
    if (result.kind !== 'healthy') throw await neverHealthy(service, id, result.why);
  } else {
    await waitForPorts(service, id, Object.values(ports).map(Number));
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  context.log(`${request.image} is ${health ? 'healthy' : 'up'} after ${seconds} s`);
}

async function probe(client: DockerClient, id: string, { words, check }: ContainerHealth) {
  try {
    const signal = AbortSignal.timeout(check.timeoutMs);
    return { healthy: true, output: await client.run(['exec', id, ...words], { signal }) };
  } catch (error) {
    return { healthy: false, output: error instanceof DockerError ? error.stderr : (error as Error).message };
  }
}

/** null while it runs. */
async function howItEnded(client: DockerClient, id: string): Promise<string | null> {
  const state = await client.run(['inspect', '--format', '{{.State.Status}} {{.State.ExitCode}}', id]);
  const [status, exitCode] = state.split(' ');
  return status === 'exited' || status === 'dead' || status === 'stopped'
    ? `exited with status ${exitCode}`
    : null;
}

const PORT_PATIENCE_MS = 10_000;

/**
 * GitHub doesn't wait for a service without a health check; the minutes that its jobs take to begin hide that. Here the
 * first step would come too early, so published ports get some time to answer.
 */
async function waitForPorts(service: Start, id: string, ports: number[]): Promise<void> {
  const { client, context } = service;
  const deadline = performance.now() + PORT_PATIENCE_MS;
  for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 2, 500)) {
    const ending = await howItEnded(client, id);
    if (ending !== null) throw await neverHealthy(service, id, ending);
    const answers = await Promise.all(ports.map(holdsConnection));
    if (!answers.includes(false) || performance.now() > deadline) return;
    await delay(pauseMs, undefined, { signal: context.signal });
  }
}

const HELD_MS = 100;

/** The engine's proxy accepts always; if nothing listens behind it, it hangs up at once. */
async function holdsConnection(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  const hungUp = once(socket, 'close').then(
    () => false,
    () => false,
  );
  socket.on('error', () => undefined).resume();
  const answered = once(socket, 'data').then(
    () => true,
    () => false,
  );
  const held = delay(HELD_MS, true);
  try {
    return await Promise.race([hungUp, answered, held]);
  } finally {
    socket.destroy();
  }
}

async function neverHealthy({ client, request }: Start, id: string, why: string): Promise<ServiceError> {
  const log = await containerLogTail(client, id);
  return new ServiceError(
    'unhealthy',
    `Service ${request.id} (${request.image}) never got healthy: ${why}.${log ? `\nIts log ends:\n${log}` : ' It printed nothing.'}`,
  );
}

async function explain(
  error: unknown,
  { request, context }: Start,
  id: string | undefined,
): Promise<unknown> {
  if (context.signal.aborted) return new ServiceError('cancelled', `Service ${request.id} was cancelled.`);
  if (!(error instanceof DockerError)) return error;
  if (/port is already allocated|address already in use/.test(error.stderr)) {
    const port = /(?::|\.0:|\]:)(\d+)/.exec(error.stderr)?.[1] ?? '';
    const holder = port && (await findPortHolder(Number(port)));
    return new ServiceError(
      'port-taken',
      `Service ${request.id} wants port ${port}, which ${holder || 'another process of this machine'} holds. ` +
        `Stop it, or write "- <port>" alone under ports: and use \${{ job.services.${request.id}.ports['<port>'] }}.`,
      { cause: error },
    );
  }
  const code = id === undefined ? 'cannot-serve' : 'start-failed';
  return new ServiceError(code, `Service ${request.id} (${request.image}): ${error.message}`, {
    cause: error,
  });
}
