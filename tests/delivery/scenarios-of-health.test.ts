import { afterEach, describe, expect, test } from 'vitest';
import { type ProcessWorld, processWorld, revisionName, type WorldOptions } from './process-world.ts';

let world: ProcessWorld;
const given = async (options: WorldOptions = {}): Promise<ProcessWorld> => {
  world = await processWorld(options);
  return world;
};
afterEach(() => world.close());

const patience = 120_000;

describe('given a healthy release that replaces another', () => {
  test(
    'when it rolls out under traffic, then it completes with verified weights and no request is lost',
    async () => {
      await given();
      const old = await world.release();
      const first = world.traffic();
      await first.stop();
      const begin = await world.deploy(old);
      await world.until(begin.id, ({ weight }) => weight === 100);
      const traffic = world.traffic();
      expect((await world.ended(begin.id)).state.kind).toBe('completed');
      const next = await world.release();
      const { id } = await world.deploy(next);
      const done = await world.ended(id);
      const met = await traffic.stop();
      expect(done.state, (await world.story(id)).join('\n')).toMatchObject({ kind: 'completed' });
      expect(await world.weights(id)).toEqual([25, 50, 75, 100]);
      expect(traffic.lost()).toEqual([]);
      expect(met.at(-1)?.release).toBe(next.name);
      const seconds = Math.round(((done.finishedAt ?? 0) - (done.startedAt ?? 0)) / 1000);
      console.info(`healthy rollout: ${met.length} requests in ${seconds} s, ${traffic.lost().length} lost`);
      const { revisions } = await world.observe();
      expect(revisions.map(({ revision, weight }) => [revision, weight])).toEqual([
        [revisionName(done), 100],
      ]);
      expect(world.trouble).toEqual([]);
    },
    patience,
  );
});
