import { createRelease, registerPlan } from '@slipway/server/delivery';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withEachStore } from '../store/each-store.ts';
import { asker, type DeliveryWorld, deliveryWorld } from './delivery-world.ts';

const config = `components:
  api: { role: service, options: { port: 8000 } }
  migrations: { role: migration, options: { command: migrate, pending: migrate --pending } }
environments:
  production: { target: process, strategy: blue-green, gates: { tests: [ci], stated-by: anyone } }
`;

withEachStore('plans', (under) => {
  let world: DeliveryWorld;
  beforeEach(() => {
    world = deliveryWorld(under.store, config);
  });
  afterEach(() => world?.close());

  test('of what policy refuses run nothing of the release', async () => {
    let asked = 0;
    const { pendingMigrations } = world.target;
    world.target.migrations = [{ kind: 'expand', name: '0001_tasks' }];
    world.target.pendingMigrations = (deployment) => {
      asked += 1;
      return pendingMigrations(deployment);
    };
    const digest = (letter: string) => `registry.example/x@sha256:${letter.repeat(64)}`;
    const plan = async (conclusion: 'failure' | 'success') => {
      const { row } = await createRelease(world.sources, asker, {
        commit: world.commit({}),
        components: { api: digest('a'), migrations: digest('b') },
        evidence: [{ kind: 'tests', name: 'ci', conclusion }],
      });
      const wanted = { environment: 'production', release: String(row.id), haste: 'none' } as const;
      return (await registerPlan(world.sources, asker, wanted)).plan;
    };
    const refused = await plan('failure');
    expect({ asked, codes: refused.findings.map(({ code }) => code) }).toEqual({
      asked: 0,
      codes: ['missing-test'],
    });
    const fitting = await plan('success');
    expect({ asked, migrations: fitting.migrations }).toEqual({
      asked: 1,
      migrations: [{ kind: 'expand', name: '0001_tasks' }],
    });
  });
});
