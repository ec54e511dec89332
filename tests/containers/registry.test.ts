import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Digest } from '@slipway/delivery';
import { expect, test } from 'vitest';
import { answer, openFixture } from '../../packages/targets/fixtures/target-fixture.ts';
import { startImageRegistry } from './image-registry.ts';
import { dockerKind } from './target-kind.ts';
import { prepareTestEngine } from './test-engine.ts';

test('a docker target pulls what it lacks by its digest, and says which digest no registry has', async (context) => {
  const engine = await prepareTestEngine();
  if (engine.kind === 'skip') return context.skip(engine.reason);
  const registry = await startImageRegistry(engine.client);
  if (registry === null) return context.skip('docker-registry is not installed');
  const kind = dockerKind(engine.client);
  const folder = mkdtempSync(join(tmpdir(), 'slipway-image-'));
  const local = await kind.artifact(join(folder, 'product'), {});
  const artifact = await registry.push(local.digest, 'product');
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
    registry.close();
    rmSync(folder, { recursive: true, force: true });
  }
}, 600_000);
