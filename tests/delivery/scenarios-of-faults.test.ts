import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type ProcessWorld,
  processWorld,
  revisionName,
  type WorldOptions,
  type WorldRelease,
} from './process-world.ts';
import { startTraffic } from './traffic.ts';

let world: ProcessWorld;
const patience = 180_000;
afterEach(() => world.close());

/** A world in which a release serves already. */
async function given(options: WorldOptions = {}): Promise<WorldRelease> {
  world = await processWorld({ ...options, rules: ['progress-deadline: 10s', ...(options.rules ?? [])] });
  const old = await world.release();
  const { id } = await world.deploy(old);
  await world.until(id, ({ weight, finishedAt }) => weight === 100 || finishedAt !== null);
  // The first one needs traffic to pass its bake.
  const traffic = world.traffic();
  expect((await world.ended(id)).state, (await world.story(id)).join('\n')).toMatchObject({
    kind: 'completed',
  });
  await traffic.stop();
  return old;
}

/** Only the revision of the old release serves, and nothing of the other one runs. */
async function expectOldServes(bad: { id: number }): Promise<void> {
  const { revisions } = await world.observe();
  expect(revisions).toMatchObject([{ weight: 100 }]);
  expect(revisions[0]?.revision).not.toBe(revisionName(bad));
}

const lastRelease = (met: { release: string }[]) => met.at(-1)?.release;

describe('given a release that is bad', () => {
  test(
    'when it never becomes healthy, then it gets no production traffic and is rolled back',
    async () => {
      const old = await given();
      const traffic = world.traffic();
      const { id } = await world.deploy(await world.release({ faults: { unhealthy: true } }));
      const ended = await world.ended(id);
      const met = await traffic.stop();
      expect(ended.state).toMatchObject({ kind: 'rolled-back', cause: { kind: 'unhealthy' } });
      expect(await world.weights(id)).toEqual([0]);
      expect(new Set(met.map(({ release }) => release))).toEqual(new Set([old.name]));
      expect(traffic.lost()).toEqual([]);
      await expectOldServes(ended);
    },
    patience,
  );

  test(
    'when errors spike at 30 %, then the weight goes to 0 first, and then it is scaled down',
    async () => {
      const old = await given({ strategy: '{ kind: linear, percent: 30%, every: 3s, bake: 2s }' });
      const traffic = world.traffic();
      const bad = await world.release();
      const { id } = await world.deploy(bad);
      await world.until(id, ({ weight, state }) => weight === 30 && state.kind === 'holding');
      const faultAt = Date.now();
      world.setFaults(bad, { errorRate: 0.5 });
      const safe = await world.until(
        id,
        ({ state }) => state.kind === 'reverting' && state.stage === 'remove',
      );
      const seconds = (Date.now() - faultAt) / 1000;
      expect(safe.weight).toBe(0);
      const ended = await world.ended(id);
      const met = await traffic.stop();
      expect(ended.state).toMatchObject({ kind: 'rolled-back', cause: { kind: 'analysis-failed' } });
      expect(await world.weights(id)).toEqual([30, 0]);
      const story = await world.story(id);
      expect(story.indexOf('The target says 0 %.')).toBeLessThan(
        story.indexOf('Begun: remove the new revision.'),
      );
      const wrong = met.filter(({ status }) => status === 500);
      expect(wrong.every(({ release }) => release === bad.name)).toBe(true);
      expect(met.filter(({ status }) => status === 0)).toEqual([]);
      expect(lastRelease(met)).toBe(old.name);
      console.info(
        `errors at 30 %: weight 0 verified ${seconds.toFixed(1)} s after the fault; ${wrong.length} of ${met.length} requests met it`,
      );
      await expectOldServes(ended);
    },
    patience,
  );

  test(
    'when its p99 is 40 % over that of the old one, then it is taken back with the evidence',
    async () => {
      const old = await given({
        strategy: '{ kind: canary, steps: [{ weight: 50%, hold: 12s }], bake: 5s }',
        metrics: [
          'p99: { provider: edge, query: latency-p99, interval: 1s, minimum-samples: 6, baseline: { bad: increase } }',
        ],
      });
      world.setFaults(old, { latencyMs: 500 });
      // Many users, so that a second has enough requests; long answers, beside which a crowded machine counts little.
      const traffic = startTraffic(world.url, { users: 24 });
      const { id } = await world.deploy(await world.release({ faults: { latencyMs: 800 } }));
      const ended = await world.ended(id);
      await traffic.stop();
      expect(ended.state, (await world.story(id)).join('\n')).toMatchObject({
        kind: 'rolled-back',
        cause: {
          kind: 'analysis-failed',
          reason: expect.stringMatching(/p99: the median went from \d+.* to \d+.*, shift \d+/),
          verdict: { metrics: [{ metric: 'p99', kind: 'fail' }] },
        },
      });
      await expectOldServes(ended);
    },
    patience,
  );

  test(
    'when its smoke test hangs, then it is taken back, and what was printed is the reason',
    async () => {
      await given({
        rules: ['smoke: "if [ -e $FAULTS_DIR/hang ]; then echo is anybody there; sleep 600; fi"'],
      });
      writeFileSync(path.join(world.places.variables.FAULTS_DIR ?? '', 'hang'), '');
      const ended = await world.ended((await world.deploy(await world.release())).id);
      expect(ended.state).toMatchObject({
        kind: 'rolled-back',
        cause: {
          kind: 'smoke-failed',
          reason: expect.stringMatching(/it was ended after 10000 ms\nis anybody there$/),
        },
      });
      await expectOldServes(ended);
    },
    patience,
  );

  test(
    'when its image is unknown, then it is refused before anything is changed',
    async () => {
      await given();
      const before = await world.observe();
      const image = `registry.example/api@sha256:${'1'.repeat(64)}`;
      const { id } = await world.deploy(await world.release({ api: image }));
      const ended = await world.ended(id);
      expect(ended.state).toMatchObject({ kind: 'refused', cause: { kind: 'unknown-artifact' } });
      expect(await world.observe()).toEqual(before);
    },
    patience,
  );

  test(
    'when the bytes are not those of its digest, then it is refused before anything is changed',
    async () => {
      await given();
      const before = await world.observe();
      const bad = await world.release();
      const [, hex = ''] = bad.digest.split(':');
      writeFileSync(
        path.join(world.places.state, 'blobs/sha256', hex.slice(0, 2), hex.slice(2)),
        'something else',
      );
      const ended = await world.ended((await world.deploy(bad)).id);
      expect(ended.state).toMatchObject({ kind: 'refused', cause: { kind: 'unknown-artifact' } });
      expect(await world.observe()).toEqual(before);
    },
    patience,
  );
});

describe('given metrics that say nothing', () => {
  const outside = ['outside: { provider: http, query: "/figure /value", interval: 1s, threshold: "< 1" }'];

  test(
    'when the provider is down, then the weight is held, it is asked again, and the budget ends it',
    async () => {
      await given({
        metrics: outside,
        strategy: '{ kind: canary, steps: [{ weight: 10%, hold: 2s }, { weight: 20%, hold: 2s }], bake: 2s }',
      });
      const { id } = await world.deploy(await world.release());
      await world.until(id, ({ weight }) => weight === 20);
      world.figures.isDown = true;
      const ended = await world.ended(id);
      expect(ended.state).toMatchObject({
        kind: 'rolled-back',
        cause: { kind: 'analysis-inconclusive', reason: expect.stringContaining('503') },
      });
      expect(await world.weights(id)).toEqual([10, 20, 0]);
      const asked = (await world.story(id)).filter((line) => line.includes('the provider failed'));
      expect(asked.length).toBeGreaterThan(2);
    },
    patience,
  );

  test(
    'when there is no traffic, then there is no success',
    async () => {
      await given();
      const { id } = await world.deploy(await world.release());
      expect((await world.ended(id)).state).toMatchObject({
        kind: 'rolled-back',
        cause: { kind: 'analysis-inconclusive', reason: expect.stringContaining('0 of at least') },
      });
      expect(await world.weights(id)).toEqual([25, 0]);
    },
    patience,
  );
});

describe('given a balancer that does not do what it is told', () => {
  test(
    'when the weight is not in force, then the old revision is kept',
    async () => {
      await given({
        meddle: (act) =>
          act.task.kind === 'shift' && act.task.weight === 50
            ? { ...act, task: { ...act.task, weight: 5 } }
            : act,
        strategy: '{ kind: canary, steps: [{ weight: 50%, hold: 1s }], bake: 1s }',
      });
      const traffic = world.traffic();
      const { id } = await world.deploy(await world.release());
      const ended = await world.ended(id);
      await traffic.stop();
      expect(ended.state).toMatchObject({ kind: 'rolled-back', cause: { kind: 'weight-not-applied' } });
      const weights = await world.weights(id);
      expect(weights.slice(0, 2)).toEqual([5, 5]);
      expect(weights.at(-1)).toBe(0);
      expect(traffic.lost()).toEqual([]);
      await expectOldServes(ended);
    },
    patience,
  );

  test(
    'when the way back fails, then it is tried again, people are called, and the environment is frozen',
    async () => {
      let isBroken = false;
      const old = await given({
        analysis: false,
        distort: ({ task }, outcome) =>
          isBroken && task.kind === 'verify' && outcome.kind === 'succeeded'
            ? { kind: 'failed', fault: 'transient', reason: 'the balancer does not answer' }
            : outcome,
      });
      const { id } = await world.deploy(await world.release());
      await world.until(id, ({ weight, state }) => weight === 25 && state.kind === 'holding');
      isBroken = true;
      await world.say(id, 'abort', 'customers call');
      await world.until(id, ({ state }) => state.kind === 'stranded' && state.alarm === 'raised');
      await expect(world.deploy(await world.release())).rejects.toMatchObject({
        code: 'policy-refused',
        message: expect.stringMatching(/frozen.*the balancer does not answer/s),
      });
      isBroken = false;
      const ended = await world.ended(id);
      expect(ended.state).toMatchObject({ kind: 'rolled-back', cause: { kind: 'aborted', by: 'dave' } });
      const told = await world.delivery.sources.store.selectFrom('notification').select('notice').execute();
      expect(told.filter(({ notice }) => notice.includes('"alarm"'))).toHaveLength(1);
      await expectOldServes(ended);
      await expect(world.deploy(old)).rejects.toMatchObject({ code: 'policy-refused' });
      await world.unfreeze();
      await world.deploy(old);
    },
    patience,
  );
});
