import { afterEach, describe, expect, test, vi } from 'vitest';
import { type ProcessWorld, processWorld, revisionName, type WorldRelease } from './process-world.ts';

let world: ProcessWorld;
const patience = 240_000;
afterEach(() => world.close());

/** A release serves with three instances, which are replaced one by one. */
async function given(every = '2s'): Promise<WorldRelease> {
  world = await processWorld({
    rules: ['instances: { api: 3 }', 'progress-deadline: 30s'],
    strategy: `{ kind: rolling, batch: 1, every: ${every}, bake: 2s }`,
  });
  const old = await world.release();
  const { id } = await world.deploy(old);
  await world.until(id, ({ weight, finishedAt }) => weight === 100 || finishedAt !== null);
  const traffic = world.traffic();
  expect((await world.ended(id)).state, (await world.story(id)).join('\n')).toMatchObject({
    kind: 'completed',
  });
  await traffic.stop();
  return old;
}

/** The fewest and the most healthy instances at any time after the first release had all of its own, whatever they were of. */
function capacity(): { least: number; most: number } {
  let now = 0;
  const counts = world.life().map(({ is }) => (now += is === 'up' ? 1 : -1));
  const since = counts.slice(counts.indexOf(3));
  return { least: Math.min(...since), most: Math.max(...since) };
}

describe('given a release that serves with three instances', () => {
  test(
    'when a healthy one replaces them one by one, then no request is lost and there are never fewer than three',
    async () => {
      await given();
      const traffic = world.traffic();
      const next = await world.release();
      const { id } = await world.deploy(next);
      const done = await world.ended(id);
      const met = await traffic.stop();
      expect(done.state, (await world.story(id)).join('\n')).toMatchObject({ kind: 'completed' });
      expect(await world.weights(id)).toEqual([33.33, 66.67, 100]);
      expect(traffic.lost()).toEqual([]);
      expect(met.at(-1)?.release).toBe(next.name);
      expect(capacity()).toEqual({ least: 3, most: 4 });
      expect((await world.observe()).revisions).toMatchObject([
        {
          revision: revisionName(done),
          weight: 100,
          components: { api: { wanted: 3, ready: 3, restarts: 0 } },
        },
      ]);
      console.info(`rolling over three instances: ${met.length} requests, ${traffic.lost().length} lost`);
    },
    patience,
  );

  test(
    'when a bad one is found out in the second batch, then the old instances come back before it loses its traffic',
    async () => {
      const old = await given('12s');
      const traffic = world.traffic();
      const bad = await world.release();
      const { id } = await world.deploy(bad);
      await world.until(id, ({ weight, state }) => weight === 66.67 && state.kind === 'holding');
      expect((await world.observe()).revisions).toMatchObject([
        { weight: 33.33, components: { api: { wanted: 1 } } },
        { weight: 66.67, components: { api: { wanted: 2 } } },
      ]);
      const faultAt = Date.now();
      world.setFaults(bad, { errorRate: 0.5 });
      await world.until(id, ({ state }) => state.kind === 'reverting' && state.stage === 'refill');
      const seconds = (Date.now() - faultAt) / 1000;
      const ended = await world.ended(id);
      const met = await traffic.stop();
      expect(ended.state).toMatchObject({ kind: 'rolled-back', cause: { kind: 'analysis-failed' } });
      expect(await world.weights(id)).toEqual([33.33, 66.67, 0]);
      const story = await world.story(id);
      expect(story.indexOf('Done: bring back all instances of the old revision.')).toBeGreaterThan(0);
      expect(story.indexOf('Done: bring back all instances of the old revision.')).toBeLessThan(
        story.indexOf('The target says 0 %.'),
      );
      const wrong = met.filter(({ status }) => status === 500);
      expect(wrong.every(({ release }) => release === bad.name)).toBe(true);
      expect(met.filter(({ status }) => status === 0)).toEqual([]);
      expect(met.at(-1)?.release).toBe(old.name);
      expect(capacity().least).toBe(3);
      expect((await world.observe()).revisions).toMatchObject([
        { weight: 100, components: { api: { wanted: 3, ready: 3 } } },
      ]);
      console.info(
        `bad in the second batch: weight 0 verified ${seconds.toFixed(1)} s after the fault; ${wrong.length} of ${met.length} requests met it`,
      );
    },
    patience,
  );

  test(
    'when one of them is killed under traffic, then no request is lost and it is started again',
    async () => {
      await given();
      const traffic = world.traffic();
      await vi.waitFor(() => expect(traffic.met.length).toBeGreaterThan(20), { timeout: patience });
      const victim = world.life()[0]!;
      process.kill(victim.pid, 'SIGKILL');
      await vi.waitFor(
        async () => {
          const { revisions } = await world.observe();
          expect(revisions).toMatchObject([{ components: { api: { wanted: 3, ready: 3, restarts: 1 } } }]);
        },
        { timeout: patience, interval: 100 },
      );
      const before = traffic.met.length;
      await vi.waitFor(() => expect(traffic.met.length).toBeGreaterThan(before + 20), { timeout: patience });
      await traffic.stop();
      expect(traffic.lost()).toEqual([]);
      console.info(`kill -9 of one of three: ${traffic.met.length} requests, 0 lost`);
    },
    patience,
  );
});
