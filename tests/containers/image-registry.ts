import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Artifact, type Digest, readArtifact } from '@slipway/delivery';
import type { DockerClient } from '../../packages/runner/src/docker/docker-client.ts';
import { findOnPath } from '../../packages/runner/src/machine/binaries.ts';

/** A registry of this machine, for as long as a test needs it. */
export interface ImageRegistry {
  /** Pushes an image that the engine has, and takes it away from the engine; what it is called from then on. */
  push(image: Digest, name: string): Promise<Artifact>;
  close(): void;
}

/** Null: Debian's docker-registry is not installed. */
export async function startImageRegistry(client: DockerClient): Promise<ImageRegistry | null> {
  const program = findOnPath('docker-registry');
  if (program === null) return null;
  const folder = mkdtempSync(join(tmpdir(), 'slipway-registry-'));
  const address = `127.0.0.1:${await freePort()}`;
  const config = join(folder, 'config.yml');
  writeFileSync(
    config,
    `version: 0.1\nstorage: { filesystem: { rootdirectory: ${folder}/images } }\nhttp: { addr: "${address}" }\n`,
  );
  const child: ChildProcess = spawn(program, ['serve', config], { stdio: 'ignore' });
  while (!(await fetch(`http://${address}/v2/`).catch(() => null))?.ok) await delay(100);
  return {
    async push(image, name) {
      const reference = `${address}/${name}:1`;
      await client.run(['tag', image, reference]);
      await client.run(['push', '--quiet', reference]);
      const pushed = await client.run(['inspect', '--format', '{{index .RepoDigests 0}}', reference]);
      await client.run(['image', 'rm', '--force', image]);
      const reading = readArtifact(pushed);
      if (reading.kind !== 'artifact') throw new Error(`no digest: ${pushed}`);
      return reading.artifact;
    },
    close() {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
