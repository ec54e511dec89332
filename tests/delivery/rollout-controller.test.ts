import { environmentAnswer, requestRollback, sayWord } from '@slipway/server/delivery';
import type { Store } from '@slipway/server/store';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { storeKinds, type TestStore } from '../store/stores.ts';
import { asker, type DeliveryWorld, deliveryWorld, project } from './delivery-world.ts';

const config = `components:
  api: { role: service, options: { port: 8000 } }
analyses:
  live:
    patience: 2s
    metrics:
      errors: { provider: edge, query: errors, interval: 1s, threshold: "< 0.01" }
strategies:
  quick: { kind: linear, percent: 50%, every: 1s, bake: 1s }
environments:
  staging: { target: process, strategy: { kind: blue-green, bake: 0s } }
  production:
    target: process
    requires: staging
    reviewers: [alice]
    strategy: quick
    analysis: live
  open: { target: process, strategy: quick, analysis: live }
  unwatched: { target: process, strategy: { kind: linear, percent: 50%, every: 0s, bake: 0s } }
`;

describe.each(storeKinds)('rollouts on $name', ({ unavailable, create }) => {
  let kind: TestStore;
  let store: Store;
  let world: DeliveryWorld;

  beforeAll(async () => {
    if (unavailable !== null) return;
    kind = await create();
    store = await kind.open();
  });
  beforeEach((context) => {
    if (unavailable !== null) context.skip(unavailable);
    world = deliveryWorld(store, config);
  });
  afterEach(async () => {
    await world?.close();
    if (unavailable !== null) return;
    for (const table of [
      'notification',
      'rollout_event',
      'deployment',
      'deployment_plan',
      'rollout_environment',
    ] as const) {
      await store.deleteFrom(table).execute();
    }
  });
  afterAll(() => kind?.close());

  test('a healthy release takes over step by step, every weight verified', async () => {
    world.controller();
    const first = await world.ended((await world.deploy('open', await world.release())).id);
    expect(first.state).toMatchObject({ kind: 'completed' });
    expect(world.target.deeds).toEqual(['resolve', 'place', 'shift 100', 'verify 100']);
    world.target.deeds.length = 0;
    const second = await world.ended((await world.deploy('open', await world.release())).id);
    expect(second.state).toMatchObject({ kind: 'completed' });
    expect(second.weight).toBe(100);
    expect(world.target.deeds).toEqual([
      'resolve',
      'place',
      'shift 50',
      'verify 50',
      'shift 100',
      'verify 100',
      'retire',
    ]);
    const story = (await world.story(second.id)).join('\n');
    expect(story).toContain('The target says 50 %.');
    expect(story).toMatch(/Verdict pass: errors: 0 of \d samples were not < 0.01/);
    expect(world.trouble).toEqual([]);
  });

  test('errors at half of the traffic take it to weight 0 first, verified, and the reason is kept', async () => {
    world.controller();
    await world.ended((await world.deploy('open', await world.release())).id);
    world.target.deeds.length = 0;
    world.metric = () => ({ kind: 'value', revision: world.target.weight === 50 ? 0.4 : 0 });
    const { id } = await world.deploy('open', await world.release());
    const bad = await world.ended(id);
    expect(bad.state).toMatchObject({ kind: 'rolled-back', cause: { kind: 'analysis-failed' } });
    expect(world.target.deeds.slice(2)).toEqual(['shift 50', 'verify 50', 'shift 0', 'verify 0', 'remove']);
    expect(bad.weight).toBe(0);
    expect((await world.story(id)).at(-1)).toContain('the worst was 0.4');
  });

  test('what needs approval waits for a word on this very plan', async () => {
    world.controller();
    const release = await world.release();
    await expect(world.deploy('production', release)).rejects.toMatchObject({ code: 'policy-refused' });
    await world.ended((await world.deploy('staging', release)).id);
    const { id } = await world.deploy('production', release);
    const waiting = await world.until(id, ({ waiting }) => waiting !== null);
    expect(waiting.waiting).toBe('Waiting for approval by alice.');
    expect(world.asked).toContain(id);
    world.words.push({ by: 'alice', atMs: Date.now(), planHash: 'f'.repeat(64), verdict: 'approved' });
    world.words.push({ by: 'carol', atMs: Date.now(), planHash: waiting.planHash, verdict: 'approved' });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await world.until(id, () => true)).state.kind).toBe('gated');
    world.words.push({ by: 'alice', atMs: Date.now(), planHash: waiting.planHash, verdict: 'approved' });
    expect((await world.ended(id)).state.kind).toBe('completed');
  });

  test('reviewers are told once of what waits for them, and again when it is another plan by then', async () => {
    let controller = world.controller();
    const told = async () => {
      const rows = await store.selectFrom('notification').select('notice').execute();
      return rows.filter(({ notice }) => JSON.parse(notice).topic === 'waiting').length;
    };
    const release = await world.release();
    await world.ended((await world.deploy('staging', release)).id);
    const { id } = await world.deploy('production', release);
    const before = await world.until(id, ({ waiting }) => waiting !== null);
    await controller.close();
    controller = world.controller();
    expect(await told()).toBe(1);
    await controller.close();
    world.commit({ 'slipway.yml': config.replace('percent: 50%, every: 1s', 'percent: 20%, every: 1s') });
    world.controller();
    const after = await world.until(
      id,
      ({ planHash, waiting }) => planHash !== before.planHash && waiting !== null,
    );
    expect(after.waiting).toBe('Waiting for approval by alice.');
    expect(await told()).toBe(2);
  });

  test('an analysis of which nobody can be asked is refused before anything is changed', async () => {
    const release = await world.release();
    world.sources.targets.metrics = async () => {
      throw new Error('edge needs a word');
    };
    await expect(world.deploy('open', release)).rejects.toMatchObject({
      code: 'target-unavailable',
      message: "open can't be analysed: edge needs a word",
    });
    expect(await store.selectFrom('deployment').selectAll().execute()).toEqual([]);
    expect((await world.deploy('unwatched', release)).state.kind).toBe('queued');
  });

  test('options with which the target can run nothing are refused before anything is queued', async () => {
    const release = await world.release();
    world.target.mistakesIn = () => ['components.api.options: a service in a container needs a `port`'];
    await expect(world.deploy('open', release)).rejects.toMatchObject({
      code: 'invalid-delivery-config',
      message: expect.stringContaining('a service in a container needs a `port`'),
    });
    expect(await store.selectFrom('deployment').selectAll().execute()).toEqual([]);
  });

  test('what a failing act printed is told without the secrets that it was given', async () => {
    world.controller();
    const { settled } = world.target;
    world.target.settled = async (token, timeoutMs) =>
      token.endsWith('.place')
        ? { kind: 'failed', fault: 'definite', reason: 'no connection with correct horse in blue' }
        : settled(token, timeoutMs);
    const { id } = await world.deploy('open', await world.release());
    expect((await world.ended(id)).state).toMatchObject({
      kind: 'rolled-back',
      cause: { kind: 'unhealthy', reason: 'no connection with *** in blue' },
    });
    expect(JSON.stringify(await store.selectFrom('rollout_event').selectAll().execute())).not.toContain(
      'correct horse',
    );
  });

  test('a person aborts, and going back to what ran before passes every gate', async () => {
    world.controller();
    const [one, two] = [await world.release(), await world.release()];
    await world.ended((await world.deploy('open', one)).id);
    const { id } = await world.deploy('open', two);
    await world.until(id, ({ state }) => state.kind === 'holding');
    await sayWord(world.sources, { project, id }, { word: 'abort', by: 'bob', reason: 'customers call' });
    expect((await world.ended(id)).state).toMatchObject({
      kind: 'rolled-back',
      cause: { kind: 'aborted', by: 'bob', reason: 'customers call' },
    });
    await world.ended((await world.deploy('open', two)).id);
    const { deployment: back } = await requestRollback(world.sources, asker, { environment: 'open' });
    expect(back).toMatchObject({ haste: 'rollback', releaseId: one });
    expect((await world.ended(back.id)).state.kind).toBe('completed');
  });

  test('going back while a rollout is under way takes that one back', async () => {
    world.controller();
    await world.ended((await world.deploy('open', await world.release())).id);
    const { id } = await world.deploy('open', await world.release());
    await world.until(id, ({ state }) => state.kind === 'holding');
    const back = await requestRollback(world.sources, asker, { environment: 'open' });
    expect(back).toMatchObject({ kind: 'aborted', deployment: { id } });
    expect((await world.ended(id)).state).toMatchObject({ kind: 'rolled-back', cause: { by: 'carol' } });
  });

  test('a controller that is replaced at any moment repeats nothing', async () => {
    world.controller();
    await world.ended((await world.deploy('unwatched', await world.release())).id);
    await world.close();
    world = deliveryWorld(store, config);
    const release = await world.release();
    const { id } = await world.deploy('unwatched', release);
    for (let round = 0; ; round++) {
      const controller = world.controller();
      await new Promise((resolve) => setTimeout(resolve, round % 25));
      await controller.close();
      const now = await world.until(id, () => true);
      if (now.finishedAt !== null) break;
    }
    expect((await world.ended(id)).state.kind).toBe('completed');
    expect(new Set(world.target.deeds).size).toBe(world.target.deeds.length);
    expect(world.target.deeds.at(-1)).toBe('retire');
  });

  test('what can not be taken back freezes the environment and calls people, once', async () => {
    world.controller();
    await world.ended((await world.deploy('unwatched', await world.release())).id);
    world.target.fate = ({ kind }) =>
      kind === 'place' ? 'definite' : kind === 'verify' ? 'transient' : 'ok';
    const { id } = await world.deploy('unwatched', await world.release());
    await world.until(id, ({ state }) => state.kind === 'stranded' && state.alarm === 'raised');
    await expect(world.deploy('unwatched', await world.release())).rejects.toMatchObject({
      code: 'policy-refused',
      message: expect.stringContaining('is frozen'),
    });
    const notices = await store
      .selectFrom('notification')
      .select('notice')
      .where('deployment_id', '=', id)
      .execute();
    expect(notices.filter(({ notice }) => JSON.parse(notice).topic === 'alarm')).toHaveLength(1);
    world.target.fate = () => 'ok';
    expect((await world.ended(id)).state.kind).toBe('rolled-back');
  }, 120_000);

  test('what runs and was not deployed is shown and told once, until it is as it should be', async () => {
    world.controller({ driftEveryMs: 50 });
    const { id, plan } = await world.ended((await world.deploy('unwatched', await world.release())).id);
    const place = { project, environment: 'unwatched' };
    const drift = async () => (await environmentAnswer(store, place)).drift?.findings ?? [];
    const until = async (is: (findings: string[]) => boolean) => {
      while (!is(await drift())) await new Promise((resolve) => setTimeout(resolve, 50));
    };
    // The target in memory tells of no components.
    await until((findings) => findings.includes('api does not run.'));
    world.target.placed.add('d9999');
    await until((findings) => findings.some((one) => one.startsWith('d9999, which should not run')));
    world.target.placed.delete(`d${id}`);
    await until(([first]) => first === `Revision d${id} of release ${plan.release.tag} does not run.`);
    const told = await store
      .selectFrom('notification')
      .select('notice')
      .where('environment', '=', 'unwatched')
      .where('deployment_id', 'is', null)
      .execute();
    expect(told.filter(({ notice }) => JSON.parse(notice).topic === 'drift')).toHaveLength(3);
  });

  test('a slipway.yml that breaks while one waits is said, and when it is mended it goes on', async () => {
    const first = await world.release();
    const { id } = await world.deploy('unwatched', first);
    world.commit({ 'slipway.yml': 'components: {' });
    world.controller();
    const waiting = await world.until(id, ({ waiting }) => waiting !== null);
    expect(waiting.waiting).toMatch(/^slipway.yml:\d+:\d+ at main/);
    world.commit({ 'slipway.yml': config });
    expect((await world.ended(id)).state.kind).toBe('completed');
  });

  test('of several controllers at once one drives the environment, and nothing is done twice', async () => {
    for (let i = 0; i < 4; i++) world.controller();
    await world.ended((await world.deploy('unwatched', await world.release())).id);
    world.target.deeds.length = 0;
    expect((await world.ended((await world.deploy('unwatched', await world.release())).id)).state.kind).toBe(
      'completed',
    );
    expect(new Set(world.target.deeds).size).toBe(world.target.deeds.length);
    expect(world.trouble).toEqual([]);
  });
});
