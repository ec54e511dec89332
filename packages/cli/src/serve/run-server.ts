import { availableParallelism, hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { type Agent, startAgent } from '@slipway/runner/agent';
import { dataDirectory, openServer, type SlipwayServer, storeLocation } from '@slipway/server/serve';
import { pino } from 'pino';
import { exitStatus } from '../command-line/exit-status.ts';
import { targetHost } from '../delivery/target-host.ts';
import { hostLabels } from '../machine/host-labels.ts';
import { lazyActionStore } from '../runs/lazy-providers.ts';
import { version } from '../version.ts';
import { printOut } from '../view/print.ts';
import type { ServeConfig } from './config-schema.ts';
import { endSignals } from './end-signals.ts';
import { oidcOf } from './oidc-settings.ts';
import { runnerMachine } from './runner-machine.ts';
import { givenSecretKeys } from './secret-keys.ts';

/** Serves until it is told to end. */
export async function runServer(config: ServeConfig): Promise<number> {
  const logger = pino({ level: config.logLevel, base: { pid: process.pid } }, pino.destination(2));
  const signals = endSignals();
  const { home } = dataDirectory(config.data);
  const machine = runnerMachine(home, process.env);
  const { host, port } = addressOf(config.listen);
  const server = await openServer({
    data: config.data,
    location: storeLocation(config.data, config.database),
    host,
    port,
    ...(config.url !== undefined && { publicUrl: config.url }),
    ...(config.adminToken !== undefined && { adminToken: config.adminToken }),
    trustedProxies: config.trustedProxies,
    ...oidcOf(config),
    secretKeys: givenSecretKeys(config),
    minFreeBytes: config.minFreeMib * 1024 ** 2,
    runnerLeaseMs: config.runnerLeaseSeconds * 1000,
    readRemote: (uses) => readRemote(uses, home),
    delivery: {
      host: targetHost(),
      ...(config.privateHosts !== undefined && { privateHosts: config.privateHosts }),
    },
    now: Date.now,
    logger,
    version,
  });
  const slots = config.runners ?? availableParallelism();
  const agent = slots === 0 ? null : startRunners(server, { config, slots, machine, logger });
  announce(server, slots);
  logger.info(
    { url: server.url, publicUrl: server.publicUrl, runners: slots, version },
    'the server listens',
  );
  await signals.first;
  logger.info({ busy: agent?.busy ?? 0 }, 'no more jobs are taken; those under way are waited for');
  server.drain();
  const drained = agent?.drain() ?? Promise.resolve();
  const late = delay(config.drainSeconds * 1000, undefined, { ref: false });
  const isDrained = await Promise.race([drained.then(() => true), signals.second, late.then(() => false)]);
  if (isDrained !== true) await agent?.kill();
  await server.close();
  logger.info({}, 'the server has ended');
  return exitStatus.success;
}

/** Makes another admin token while the server runs or not. */
export async function renewAdminToken({ data, database }: ServeConfig): Promise<number> {
  const { replaceToken } = await import('@slipway/server/serve');
  printOut(`${await replaceToken(storeLocation(data, database), Date.now())}\n`);
  return exitStatus.success;
}

/** By a store of its own: a branch may have moved since the last time. */
async function readRemote(uses: string, slipwayHome: string): Promise<string> {
  const store = lazyActionStore({ slipwayHome });
  return (await store.readFile(uses, AbortSignal.timeout(120_000))).content;
}

interface Runners {
  config: ServeConfig;
  slots: number;
  machine: ReturnType<typeof runnerMachine>;
  logger: { error(details: object, message: string): void };
}

function startRunners(server: SlipwayServer, { config, slots, machine, logger }: Runners): Agent {
  return startAgent({
    gateway: server.gateway,
    name: hostname(),
    labels: config.labels ?? hostLabels(process.platform, process.arch),
    machine,
    slots,
    onTrouble: (err) => logger.error({ err }, 'a job could not be executed'),
  });
}

function announce({ publicUrl, adminToken, firstAdminLink }: SlipwayServer, slots: number): void {
  printOut(`Slipway serves at ${publicUrl} with ${slots} ${slots === 1 ? 'runner' : 'runners'}.\n`);
  if (adminToken === null) return;
  printOut(`Admin token, shown this once: ${adminToken}\n`);
  if (firstAdminLink !== null) printOut(`The first user is made at ${firstAdminLink}\n`);
}

function addressOf(listen: string): { host: string; port: number } {
  const [, host = '127.0.0.1', port = ''] = /^(?:(.+):)?(\d+)$/.exec(listen) ?? [];
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}
