import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatArtifact, isDigest } from '@slipway/delivery';
import { afterAll, afterEach, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { type ProcessWorld, processWorld, type WorldOptions } from '../delivery/process-world.ts';
import type { Traffic } from '../delivery/traffic.ts';
import { type ImageRegistry, startImageRegistry } from './image-registry.ts';
import { prepareTestEngine, testImages } from './test-engine.ts';

/** The scenarios of a delivery that everything else rests on, with containers of images from a registry. */
let world: ProcessWorld | undefined;
let registry: ImageRegistry | null = null;
let image: WorldOptions['image'];
let reason: string | undefined;

beforeAll(async () => {
  const engine = await prepareTestEngine();
  if (engine.kind === 'skip') {
    reason = engine.reason;
    return;
  }
  const { client } = engine;
  registry = await startImageRegistry(client);
  if (registry === null) {
    reason = 'docker-registry is not installed';
    return;
  }
  const { push } = registry;
  image = async (folder, name) => {
    writeFileSync(join(folder, 'Dockerfile'), `FROM ${testImages.node}\nWORKDIR /app\nCOPY . /app\n`);
    const digest = await client.run(['build', '--quiet', folder], { env: { DOCKER_BUILDKIT: '0' } });
    if (!isDigest(digest)) throw new Error(`no digest: ${digest}`);
    return formatArtifact(await push(digest, name));
  };
}, 600_000);
afterEach(async () => {
  await world?.close();
  world = undefined;
}, 120_000);
afterAll(() => registry?.close());

async function given(context: TestContext, options: WorldOptions = {}): Promise<ProcessWorld> {
  if (reason !== undefined || image === undefined) return context.skip(reason);
  world = await processWorld({ ...options, image });
  return world;
}

/** People are needed: a release that nobody uses is never taken to be good. */
async function running(one: ProcessWorld): Promise<Traffic> {
  const { id } = await one.deploy(await one.release());
  await one.until(id, ({ weight, finishedAt }) => weight === 100 || finishedAt !== null);
  const traffic = one.traffic();
  const { state } = await one.ended(id);
  expect(state, (await one.story(id)).join('\n')).toMatchObject({ kind: 'completed' });
  return traffic;
}

describe('given a release that runs in containers', { timeout: 900_000 }, () => {
  test('when a healthy one replaces it, then it completes with verified weights and no request is lost', async (context) => {
    const here = await given(context);
    const traffic = await running(here);
    const next = await here.release();
    const { id } = await here.deploy(next);
    const { state } = await here.ended(id);
    const met = await traffic.stop();
    expect(state, (await here.story(id)).join('\n')).toMatchObject({ kind: 'completed' });
    expect(await here.weights(id)).toEqual([25, 50, 75, 100]);
    expect(traffic.lost()).toEqual([]);
    expect(met.at(-1)?.release).toBe(next.name);
  });

  test('when the next one never becomes healthy, then it has no traffic and is rolled back', async (context) => {
    const here = await given(context);
    const traffic = await running(here);
    const bad = await here.release({ faults: { unhealthy: true } });
    const { id } = await here.deploy(bad);
    const { state } = await here.ended(id);
    const met = await traffic.stop();
    expect(state).toMatchObject({ kind: 'rolled-back', cause: { kind: 'unhealthy' } });
    expect(met.filter(({ release }) => release === bad.name)).toEqual([]);
    expect(traffic.lost()).toEqual([]);
  });

  test('when errors rise in mid-shift, then its weight is 0 first, and it is gone', async (context) => {
    const here = await given(context);
    const traffic = await running(here);
    const next = await here.release();
    const { id } = await here.deploy(next);
    await here.until(id, ({ weight }) => weight === 25);
    here.setFaults(next, { errorRate: 0.5 });
    const { state } = await here.ended(id);
    await traffic.stop();
    expect(state).toMatchObject({ kind: 'rolled-back', cause: { kind: 'analysis-failed' } });
    expect((await here.weights(id)).at(-1)).toBe(0);
    expect((await here.observe()).revisions).toHaveLength(1);
  });

  test('when it brings a migration that fails, then no service is touched', async (context) => {
    const here = await given(context, { migrations: true });
    const traffic = await running(here);
    expect(here.database()).toHaveLength(1);
    here.setMigrationFaults({ exitCode: 1 });
    const { id } = await here.deploy(await here.release({ migrations: ['0001', '0002'] }));
    expect((await here.ended(id)).state).toMatchObject({
      kind: 'blocked',
      cause: { kind: 'migration-failed' },
    });
    await traffic.stop();
    expect(here.database()).toHaveLength(1);
    expect((await here.observe()).revisions).toHaveLength(1);
  });
});
