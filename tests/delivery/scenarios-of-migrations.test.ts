import { afterEach, describe, expect, test } from 'vitest';
import { type ProcessWorld, processWorld, type WorldOptions } from './process-world.ts';

let world: ProcessWorld;
const patience = 180_000;
afterEach(() => world.close());

/** A world in which a release with one migration serves already. */
async function given(options: WorldOptions = {}): Promise<void> {
  world = await processWorld({
    analysis: false,
    migrations: true,
    strategy: '{ kind: blue-green, bake: 0s }',
    ...options,
  });
  const { id } = await world.deploy(await world.release());
  expect((await world.ended(id)).state, (await world.story(id)).join('\n')).toMatchObject({
    kind: 'completed',
  });
  expect(world.database()).toEqual(['0001']);
}

describe('given migrations', () => {
  test(
    'when none is pending, then that is so in the plan, and none runs',
    async () => {
      await given();
      const { id, plan } = await world.deploy(await world.release());
      expect(plan.migrations).toEqual([]);
      expect((await world.ended(id)).state.kind).toBe('completed');
      expect(world.database()).toEqual(['0001']);
    },
    patience,
  );

  test(
    'when they exit with 1, then no service is touched',
    async () => {
      await given();
      const before = await world.observe();
      world.setMigrationFaults({ exitCode: 1 });
      const next = await world.release({ migrations: ['0001', '0002'] });
      const { id, plan } = await world.deploy(next);
      expect(plan.migrations).toEqual([{ kind: 'expand', name: '0002' }]);
      expect((await world.ended(id)).state).toMatchObject({
        kind: 'blocked',
        cause: { kind: 'migration-failed', reason: expect.stringContaining('1') },
      });
      expect(await world.observe()).toEqual(before);
      world.setMigrationFaults({});
      expect((await world.ended((await world.deploy(next)).id)).state.kind).toBe('completed');
      expect(world.database().filter((line) => line === '0002')).toHaveLength(1);
    },
    patience,
  );

  test(
    'when they are stuck, then they are stopped, the lock is let go, and the next ones run',
    async () => {
      await given({ rules: ['migration-timeout: 2s', 'progress-deadline: 20s'] });
      const before = await world.observe();
      world.setMigrationFaults({ hangMs: 600_000 });
      const next = await world.release({ migrations: ['0001', '0002'] });
      const ended = await world.ended((await world.deploy(next)).id);
      expect(ended.state).toMatchObject({
        kind: 'blocked',
        cause: {
          kind: 'migration-failed',
          reason: 'migrations: it was ended after 2000 ms\nwaiting for a lock',
        },
      });
      expect(await world.observe()).toEqual(before);
      expect(world.database()).toEqual(['0001']);
      world.setMigrationFaults({});
      expect((await world.ended((await world.deploy(next)).id)).state.kind).toBe('completed');
      expect(world.database()).toContain('0002');
    },
    patience,
  );

  test(
    'when an operator aborts while they run, then they are stopped and no service is touched',
    async () => {
      await given();
      world.setMigrationFaults({ hangMs: 600_000 });
      const { id } = await world.deploy(await world.release({ migrations: ['0001', '0002'] }));
      await world.until(
        id,
        ({ state }) =>
          state.kind === 'acting' && state.act.task.kind === 'migrate' && state.act.phase.kind === 'begun',
      );
      await world.say(id, 'abort', 'wrong database');
      expect((await world.ended(id)).state).toMatchObject({ kind: 'blocked', cause: { kind: 'aborted' } });
      expect(world.database()).toEqual(['0001']);
    },
    patience,
  );
});

describe('given migrations that can not be started', () => {
  test(
    'when they never start, then no service is placed',
    async () => {
      world = await processWorld({
        analysis: false,
        migrations: true,
        strategy: '{ kind: blue-green, bake: 0s }',
        migrate: 'exec ./no-such-program',
      });
      const { id } = await world.deploy(await world.release());
      expect((await world.ended(id)).state).toMatchObject({
        kind: 'blocked',
        cause: { kind: 'migration-failed' },
      });
      expect((await world.observe()).revisions).toEqual([]);
    },
    patience,
  );
});
