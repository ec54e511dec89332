import { addEvidence, createRelease, findRelease } from '@slipway/server/delivery';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withEachStore } from '../store/each-store.ts';
import { asker, type DeliveryWorld, deliveryWorld, project } from './delivery-world.ts';

const config = `components:
  api: { role: service, options: { port: 8000 } }
environments:
  staging: { target: process, strategy: blue-green }
`;

withEachStore('releases', (under) => {
  let world: DeliveryWorld;
  beforeEach(() => {
    world = deliveryWorld(under.store, config);
  });
  afterEach(() => world?.close());

  const state = (release: number, name: string) =>
    addEvidence(world.sources, asker, {
      reference: String(release),
      evidence: [{ kind: 'tests', name, conclusion: 'success' }],
    });

  test('keep all that several jobs state of one at once', async () => {
    const id = await world.release();
    const names = Array.from({ length: 12 }, (_, i) => `suite ${i}`);
    await Promise.all(names.map((name) => state(id, name)));
    const { release } = await findRelease(under.store, project, String(id));
    const kept = release.evidence.map((one) => (one.kind === 'tests' ? one.name : one.kind));
    expect(kept.toSorted()).toEqual(names.toSorted());
  });

  test('have no record in the audit log of evidence that was refused', async () => {
    const id = await world.release();
    const foreign = { kind: 'sbom', digest: `sha256:${'f'.repeat(64)}`, format: 'spdx' } as const;
    const added = addEvidence(world.sources, asker, { reference: String(id), evidence: [foreign] });
    await expect(added).rejects.toMatchObject({ code: 'invalid-release' });
    await state(id, 'e2e');
    const entries = await under.store
      .selectFrom('audit')
      .select('detail')
      .where('action', '=', 'release.evidence')
      .where('subject', '=', `release ${(await findRelease(under.store, project, String(id))).row.tag}`)
      .execute();
    expect(entries).toHaveLength(1);
  });

  test('are found by their own id, tag and commit, whatever version a later one says it is', async () => {
    const first = await findRelease(under.store, project, String(await world.release()));
    for (const name of [String(first.row.id), first.row.tag, first.row.commit_sha]) {
      await createRelease(world.sources, asker, {
        commit: world.commit({}),
        version: name,
        components: { api: `registry.example/api@sha256:${'e'.repeat(64)}` },
        evidence: [],
      });
      expect((await findRelease(under.store, project, name)).row.id).toBe(first.row.id);
    }
  });
});
