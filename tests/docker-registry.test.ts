import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Artifact, type Digest, readArtifact } from '@slipway/delivery';
import { afterAll, expect, test } from 'vitest';
import type { DockerClient } from '../packages/runner/src/docker/docker-client.ts';
import { findOnPath } from '../packages/runner/src/machine/binaries.ts';
import { answer, openFixture } from '../packages/targets/fixtures/target-fixture.ts';
import { prepareTestEngine } from './docker-images.ts';
import { dockerKind } from './docker-kind.ts';

const ends: (() => void)[] = [];
afterAll(() => {
  for (const end of ends) end();
});

test('a docker target pulls what it lacks by its digest, and says which digest no registry has', {
  timeout: 600_000,
}, async (context) => {
  const engine = await prepareTestEngine();
  if (engine.kind === 'skip') return context.skip(engine.reason);
  const program = findOnPath('docker-registry');
  if (program === null) return context.skip('docker-registry is not installed');
  const kind = dockerKind(engine.client);
  const folder = mkdtempSync(join(tmpdir(), 'slipway-registry-'));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  const registry = await startRegistry(program, folder);
  const local = await kind.artifact(join(folder, 'product'), {});
  const artifact = await push(engine.client, local, `${registry}/product`);
  const fixture = await openFixture({ ...kind, artifact: async () => artifact });
  try {
    const deployment = await fixture.deployment('r1');
    expect(await fixture.act(deployment, { kind: 'resolve' })).toEqual({ kind: 'succeeded' });
    expect(await fixture.act(deployment, { kind: 'place' })).toEqual({ kind: 'succeeded' });
    expect((await answer(await fixture.url('test'))).revision).toBe('r1');
    const { revisions } = await fixture.target.observe();
    expect(revisions[0]!.components.api!.digest).toBe(artifact.digest);
    const digest: Digest = `sha256:${'0'.repeat(64)}`;
    const unknown = await fixture.deployment('r2', { artifact: { ...artifact, digest } });
    const outcome = await fixture.act(unknown, { kind: 'resolve' });
    expect(outcome).toMatchObject({
      kind: 'failed',
      fault: 'definite',
      reason: expect.stringContaining(digest),
    });
  } finally {
    await fixture.close();
  }
});

async function startRegistry(program: string, folder: string): Promise<string> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  const config = join(folder, 'config.yml');
  writeFileSync(
    config,
    `version: 0.1\nstorage: { filesystem: { rootdirectory: ${folder}/images } }\nhttp: { addr: "127.0.0.1:${port}" }\n`,
  );
  const child: ChildProcess = spawn(program, ['serve', config], { stdio: 'ignore' });
  ends.push(() => child.kill('SIGKILL'));
  while (!(await fetch(`http://127.0.0.1:${port}/v2/`).catch(() => null))?.ok) await delay(100);
  return `127.0.0.1:${port}`;
}

/** Afterwards the engine has the image no more, neither by its name nor by its id. */
async function push(client: DockerClient, { digest }: Artifact, repository: string): Promise<Artifact> {
  await client.run(['tag', digest, `${repository}:1`]);
  await client.run(['push', '--quiet', `${repository}:1`]);
  const pushed = await client.run(['inspect', '--format', '{{index .RepoDigests 0}}', `${repository}:1`]);
  await client.run(['image', 'rm', '--force', digest]);
  const reading = readArtifact(pushed);
  if (reading.kind !== 'artifact') throw new Error(`no digest: ${pushed}`);
  return reading.artifact;
}
