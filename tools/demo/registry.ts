import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DockerClient } from '@slipway/runner/docker';
import { freePort } from './free-port.ts';

/** A registry for images on the loopback, with a password of its own. */
export interface Registry {
  address: string;
  account: { username: string; password: string };
  stop(): Promise<void>;
}

const program = 'docker-registry';
const patienceMs = 30_000;

/** As a process, by Debian's docker-registry; or as a container of the official image, which has the label then. @throws where neither can be had */
export async function startRegistry(options: {
  client: DockerClient;
  folder: string;
  label: string;
}): Promise<Registry> {
  const address = `127.0.0.1:${await freePort()}`;
  const isInstalled = spawnSync(program, ['--version']).status === 0;
  const { log, stop } = isInstalled
    ? startProcess({ address, folder: options.folder })
    : await startContainer({ ...options, address });
  try {
    return { address, account: await readAccount(address, log), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Started {
  log(): Promise<string>;
  stop(): Promise<void>;
}

/** A registry whose file of passwords is missing makes one, and writes the password to its log. */
const settings = (folder: string) => ({
  version: '0.1',
  log: { formatter: 'json' },
  storage: { filesystem: { rootdirectory: join(folder, 'registry') } },
  auth: { htpasswd: { realm: 'demo', path: join(folder, 'passwords') } },
});

function startProcess({ address, folder }: { address: string; folder: string }): Started {
  const config = join(folder, 'registry.json');
  writeFileSync(config, JSON.stringify({ ...settings(folder), http: { addr: address } }));
  const logFile = join(folder, 'registry.log');
  const output = openSync(logFile, 'a');
  const child = spawn(program, ['serve', config], { stdio: ['ignore', output, output] });
  closeSync(output);
  const ended = once(child, 'close');
  return {
    log: async () => readFileSync(logFile, 'utf8'),
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function startContainer({
  client,
  label,
  address,
}: {
  client: DockerClient;
  label: string;
  address: string;
}): Promise<Started> {
  const variables = [
    ...['REGISTRY_LOG_FORMATTER=json', 'REGISTRY_AUTH=htpasswd'],
    ...['REGISTRY_AUTH_HTPASSWD_REALM=demo', 'REGISTRY_AUTH_HTPASSWD_PATH=/tmp/passwords'],
  ];
  // With a terminal its log is one stream.
  const options = ['--detach', '--tty', '--label', label, '--publish', `${address}:5000`];
  const args = ['run', '--quiet', ...options, ...variables.flatMap((one) => ['--env', one]), 'registry:2'];
  const id = await client.run(args).catch((cause) => {
    throw new Error('docker-registry is not installed, and the image registry:2 can’t be had', { cause });
  });
  return {
    log: () => client.run(['logs', id]),
    stop: () => client.attempt(['rm', '--force', '--volumes', id]),
  };
}

async function readAccount(address: string, log: () => Promise<string>): Promise<Registry['account']> {
  for (const begun = Date.now(); Date.now() - begun < patienceMs; await delay(100)) {
    const response = await fetch(`http://${address}/v2/`).catch(() => null);
    if (response?.status !== 401) continue;
    const line = (await log()).split('\n').find((one) => one.includes('"password"'));
    if (line === undefined) break;
    const { user, password } = JSON.parse(line) as { user: string; password: string };
    return { username: user, password };
  }
  throw new Error('the registry does not come up');
}
