import { requestRollback } from '@slipway/server/delivery';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withEachStore } from '../store/each-store.ts';
import { asker, type DeliveryWorld, deliveryWorld } from './delivery-world.ts';

const config = `components:
  api: { role: service, options: { port: 8000 } }
environments:
  asked: { target: process, strategy: { kind: blue-green, bake: 0s }, reviewers: [alice] }
  slow:
    target: process
    strategy: { kind: canary, steps: [{ weight: 20%, hold: 0s, promotion: true }], bake: 0s }
`;

withEachStore('going back', (under) => {
  let world: DeliveryWorld;
  beforeEach(() => {
    world = deliveryWorld(under.store, config);
    world.controller();
  });
  afterEach(() => world?.close());

  /** Of a new release, with alice's word. */
  async function completed(environment: string): Promise<number> {
    const release = await world.release();
    const { id } = await world.deploy(environment, release);
    if (environment === 'asked') {
      const { planHash } = await world.until(id, ({ waiting }) => waiting !== null);
      world.words.push({ by: 'alice', atMs: Date.now(), planHash, verdict: 'approved' });
    }
    expect((await world.ended(id)).state.kind).toBe('completed');
    return release;
  }

  test('is not done by calling off what still waits for approval', async () => {
    const before = await completed('asked');
    await completed('asked');
    const { id } = await world.deploy('asked', await world.release());
    await world.until(id, ({ waiting }) => waiting !== null);
    const back = await requestRollback(world.sources, asker, { environment: 'asked' });
    expect(back).toMatchObject({ kind: 'requested', deployment: { haste: 'rollback', releaseId: before } });
    expect((await world.ended(back.deployment.id)).state.kind).toBe('completed');
    expect((await world.ended(id)).state).toMatchObject({ kind: 'cancelled', cause: { kind: 'superseded' } });
  });

  test('to what never ran there takes nothing back', async () => {
    const serving = await completed('slow');
    const never = await world.release();
    const { id } = await world.deploy('slow', await world.release());
    await world.until(id, ({ weight }) => weight === 20);
    const back = (to: number) =>
      requestRollback(world.sources, asker, { environment: 'slow', to: String(to) });
    await expect(back(never)).rejects.toMatchObject({ code: 'nothing-to-roll-back' });
    expect(await world.until(id, () => true)).toMatchObject({ weight: 20, finishedAt: null });
    expect(await back(serving)).toMatchObject({ kind: 'aborted', deployment: { id } });
    expect((await world.ended(id)).state.kind).toBe('rolled-back');
    await expect(back(serving)).rejects.toMatchObject({
      message: expect.stringContaining(`Release ${serving} is what runs here.`),
    });
  });
});
