import { afterEach, describe, expect, test } from 'vitest';
import {
  type ProcessWorld,
  processWorld,
  revisionName,
  type WorldOptions,
  type WorldRelease,
} from './process-world.ts';

let world: ProcessWorld;
const patience = 180_000;
afterEach(() => world.close());

/** A world in which a release serves already; nothing is watched, so that it needs no traffic. */
async function given(options: WorldOptions = {}): Promise<WorldRelease> {
  world = await processWorld({ analysis: false, ...options });
  const old = await world.release();
  expect((await world.ended((await world.deploy(old)).id)).state).toMatchObject({ kind: 'completed' });
  return old;
}

const slow = '{ kind: linear, percent: 50%, every: 10m, bake: 0s }';
const quick = '{ kind: linear, percent: 50%, every: 1s, bake: 0s }';
const holds = (id: number) =>
  world.until(id, ({ state, weight }) => state.kind === 'holding' && weight === 50);

describe('given an operator', () => {
  test(
    'when they abort, then weight 0 is verified and the reason is kept',
    async () => {
      const old = await given({ strategy: slow });
      const traffic = world.traffic();
      const { id } = await world.deploy(await world.release());
      await holds(id);
      await world.say(id, 'abort', 'customers call');
      const ended = await world.ended(id);
      const met = await traffic.stop();
      expect(ended.state).toMatchObject({
        kind: 'rolled-back',
        cause: { kind: 'aborted', reason: 'customers call', by: 'dave' },
      });
      expect(await world.weights(id)).toEqual([50, 0]);
      expect(traffic.lost()).toEqual([]);
      expect(met.at(-1)?.release).toBe(old.name);
    },
    patience,
  );

  test(
    'when they pause, then the weight stays until they resume',
    async () => {
      await given({ strategy: quick });
      const { id } = await world.deploy(await world.release());
      await holds(id);
      await world.say(id, 'pause', 'look');
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      expect((await world.until(id, () => true)).state).toMatchObject({ kind: 'paused', by: 'dave' });
      expect((await world.observe()).revisions.map(({ weight }) => weight).toSorted()).toEqual([50, 50]);
      await world.say(id, 'resume');
      expect((await world.ended(id)).state.kind).toBe('completed');
    },
    patience,
  );

  test(
    'when they roll back a rollback, then the newer release is placed afresh and passes every gate',
    async () => {
      const old = await given({ strategy: quick });
      const newer = await world.release();
      const second = await world.ended((await world.deploy(newer)).id);
      const back = await world.ended((await world.rollback()).id);
      expect(back).toMatchObject({ haste: 'rollback', releaseId: old.id, state: { kind: 'completed' } });
      const again = await world.rollback();
      expect(again).toMatchObject({ haste: 'none', releaseId: newer.id });
      const ended = await world.ended(again.id);
      expect(ended.state.kind).toBe('completed');
      const { revisions } = await world.observe();
      expect(revisions.map(({ revision }) => revision)).toEqual([revisionName(ended)]);
      expect(revisionName(ended)).not.toBe(revisionName(second));
      expect(await world.weights(again.id)).toEqual([50, 100]);
    },
    patience,
  );
});

describe('given several deployments at once', () => {
  test(
    'when one has shifted traffic, then the next one waits for its end',
    async () => {
      await given({ strategy: '{ kind: linear, percent: 50%, every: 3s, bake: 0s }' });
      const [one, two] = [await world.release(), await world.release()];
      const first = await world.deploy(one);
      await holds(first.id);
      const second = await world.deploy(two);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      expect((await world.until(second.id, () => true)).state.kind).toBe('queued');
      const [endedFirst, endedSecond] = [await world.ended(first.id), await world.ended(second.id)];
      expect(endedFirst.state.kind).toBe('completed');
      expect(endedSecond.state.kind).toBe('completed');
      expect(endedSecond.startedAt ?? 0).toBeGreaterThanOrEqual(endedFirst.finishedAt ?? 0);
    },
    patience,
  );

  test(
    'when one has not shifted traffic yet, then the newer one takes its place',
    async () => {
      await given({ strategy: quick });
      const slowToStart = await world.release({ faults: { unhealthy: true } });
      const first = await world.deploy(slowToStart);
      await world.until(
        first.id,
        ({ state }) =>
          state.kind === 'acting' && state.act.task.kind === 'place' && state.act.phase.kind === 'begun',
      );
      const second = await world.deploy(await world.release());
      expect((await world.ended(first.id)).state).toMatchObject({ cause: { kind: 'superseded' } });
      expect((await world.ended(second.id)).state.kind).toBe('completed');
      expect(await world.weights(first.id)).not.toContain(50);
    },
    patience,
  );

  test(
    'when a commit that is older than what runs arrives late, then it is refused',
    async () => {
      await given({ strategy: quick });
      const older = await world.release();
      const newer = await world.release();
      await world.ended((await world.deploy(newer)).id);
      await expect(world.deploy(older)).rejects.toMatchObject({
        code: 'policy-refused',
        message: expect.stringContaining('which is newer than'),
      });
    },
    patience,
  );

  test(
    'when a commit that is older than what is under way arrives late, then it is refused too',
    async () => {
      await given({ strategy: slow });
      const older = await world.release();
      const newer = await world.release();
      const first = await world.deploy(newer);
      await holds(first.id);
      const late = await world.deploy(older);
      expect((await world.ended(late.id)).state).toMatchObject({ kind: 'refused', cause: { kind: 'gates' } });
      await world.say(first.id, 'abort');
      await world.ended(first.id);
    },
    patience,
  );
});

describe('given a freeze that begins in mid-canary', () => {
  const freeze = () => {
    const from = Math.ceil(Date.now() / 60_000) * 60_000 + 60_000;
    const text = (ms: number) => new Date(ms).toISOString().slice(0, 16);
    return {
      from,
      rule: `freeze: [{ from: "${text(from)}", until: "${text(from + 86_400_000)}", reason: Holidays }]`,
    };
  };

  test(
    'when the environment holds, then the weight stays, and going back is allowed all the same',
    async () => {
      const { from, rule } = freeze();
      const old = await given({ strategy: slow, rules: [rule] });
      const { id } = await world.deploy(await world.release());
      await holds(id);
      world.clock.offsetMs = from - Date.now() + 11 * 60_000;
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      expect(await world.until(id, () => true)).toMatchObject({ weight: 50, state: { kind: 'holding' } });
      await world.say(id, 'abort', 'the holidays have begun');
      expect((await world.ended(id)).state).toMatchObject({
        kind: 'rolled-back',
        cause: { kind: 'aborted' },
      });
      const fresh = await world.deploy(await world.release());
      const waiting = await world.until(fresh.id, ({ waiting }) => waiting !== null);
      expect(waiting.waiting).toBe('Freeze: Holidays.');
      await world.say(fresh.id, 'abort');
      await world.ended(fresh.id);
      expect(old.id).toBeGreaterThan(0);
    },
    patience,
  );

  test(
    'when the environment rolls back, then it is taken back',
    async () => {
      const { from, rule } = freeze();
      await given({ strategy: slow, rules: [rule, 'on-freeze: rollback'] });
      const { id } = await world.deploy(await world.release());
      await holds(id);
      world.clock.offsetMs = from - Date.now() + 1_000;
      expect((await world.ended(id)).state).toMatchObject({
        kind: 'rolled-back',
        cause: { kind: 'freeze', reason: 'Holidays' },
      });
    },
    patience,
  );

  test(
    'when a rollback is asked for, then the freeze does not keep it',
    async () => {
      const { from, rule } = freeze();
      const old = await given({ strategy: quick, rules: [rule] });
      await world.ended((await world.deploy(await world.release())).id);
      world.clock.offsetMs = from - Date.now() + 1_000;
      const ended = await world.ended((await world.rollback()).id);
      expect(ended).toMatchObject({ releaseId: old.id, state: { kind: 'completed' } });
    },
    patience,
  );
});
