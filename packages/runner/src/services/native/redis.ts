import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { findOnPath } from '../../machine/binaries.ts';
import { readVersion } from '../../processes/collect-output.ts';
import { type ImageReference, officialName } from '../image-reference.ts';
import { ServiceError } from '../service-error.ts';
import type { Engine, Installation, PreparedServer, ServiceSetup } from './engine.ts';
import { takeOption } from './server-arguments.ts';

const DEFAULT_PORT = 6379;

/**
 * Redis or Valkey, each also in place of the other. As in the official image: no password unless `command:` sets one.
 * @see https://github.com/redis/docker-library-redis
 */
export const redis: Engine = {
  tool: 'redis',
  product: 'Redis',
  dataPaths: ['/data'],
  serves: (image) => isValkey(image) || officialName(image) === 'redis',
  find,
  refuse: () => null,
  containerPort: (args) => Number(takeOption([...args], ['--port']) ?? DEFAULT_PORT),
  prepare,
};

function isValkey(image: ImageReference): boolean {
  return image.path === 'valkey/valkey' || officialName(image) === 'valkey';
}

async function find(image: ImageReference): Promise<Installation | null> {
  const products = isValkey(image) ? ['valkey', 'redis'] : ['redis', 'valkey'];
  for (const name of products) {
    const file = findOnPath(`${name}-server`);
    // `Redis server v=7.0.15 sha=…`
    const version = file && (await readVersion(file, /\bv=([\d.]+)/));
    if (!version) continue;
    const product = name === 'redis' ? 'Redis' : 'Valkey';
    return {
      title: `${product} ${version}`,
      product,
      major: Number.parseInt(version, 10),
      binDirectory: dirname(file),
    };
  }
  return null;
}

async function prepare(setup: ServiceSetup): Promise<PreparedServer> {
  const { installation, directory, port, addresses } = setup;
  const name = installation.product.toLowerCase();
  const args = ownArguments(setup);
  takeOption(args, ['--port']);
  return {
    command: {
      file: join(installation.binDirectory, `${name}-server`),
      args: [...serverSettings(setup, port, addresses), ...args],
      cwd: directory,
      env: setup.baseEnv,
      account: setup.account,
      // There is nothing to save, and Redis takes 100 ms to notice a gentler one.
      stopSignal: 'SIGKILL',
    },
    isReady: () => answersPing(addresses[0]!, port),
    clients: {
      containerPort: redis.containerPort(setup.args, setup.env),
      port,
      hostName: setup.request.id,
      env: setup.env,
      programs: ['redis-cli', 'valkey-cli'].map((client) => ({
        name: client,
        command: [join(installation.binDirectory, `${name}-cli`), '-p', String(port)],
        portFlags: ['-p'],
        hostFlags: ['-h'],
      })),
    },
  };
}

/** The words of `command:` after the program's own name, which the image's entry point also lets one leave out. */
function ownArguments({ args, request }: ServiceSetup): string[] {
  const [first] = args;
  const rest = first === 'redis-server' || first === 'valkey-server' ? args.slice(1) : [...args];
  if (rest[0] !== undefined && !rest[0].startsWith('-')) {
    throw new ServiceError(
      'invalid-request',
      `Service ${request.id}: command: ${request.command} is not a Redis server's; only its options are supported without docker.`,
    );
  }
  return rest;
}

/** The data dies with the job, so nothing is written to disk. IPv6 is optional (`-`). */
function serverSettings({ installation }: ServiceSetup, port: number, addresses: string[]): string[] {
  const [ipv4, ...others] = addresses;
  return [
    ...[
      '--port',
      String(port),
      '--bind',
      ipv4!,
      ...others.map((address) => optionalAddress(address, installation)),
    ],
    ...['--daemonize', 'no', '--save', '', '--appendonly', 'no', '--protected-mode', 'no'],
    // A title overwrites the environment that marks the process as this job's.
    ...(supportsNewOptions(installation) ? ['--set-proc-title', 'no'] : []),
  ];
}

function optionalAddress(address: string, installation: Installation): string {
  return supportsNewOptions(installation) ? `-${address}` : address;
}

/** `set-proc-title` and optional addresses came with Redis 6.2. */
function supportsNewOptions({ title }: Installation): boolean {
  const [major = 0, minor = 0] = title.split(' ')[1]!.split('.').map(Number);
  return major > 6 || (major === 6 && minor >= 2);
}

/** Any answer but "loading" will do: one that wants a password is up as well. */
function answersPing(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port }, () => socket.write('PING\r\n'));
    const finish = (ready: boolean) => {
      socket.destroy();
      resolve(ready);
    };
    socket.setTimeout(1_000, () => finish(false));
    socket.once('data', (data) => finish(!data.toString('latin1').startsWith('-LOADING')));
    socket.once('error', () => finish(false));
    socket.once('close', () => finish(false));
  });
}
