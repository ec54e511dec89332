import { sayWord } from '@slipway/server/delivery';
import type { Store } from '@slipway/server/store';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { storeKinds, type TestStore } from '../store/stores.ts';
import { type DeliveryWorld, deliveryWorld, project } from './delivery-world.ts';
import { type RememberingTarget, rememberingTarget } from './remembering-target.ts';

const config = `components:
  api: { role: service, options: { port: 8000 } }
environments:
  silent: { target: process, strategy: { kind: linear, percent: 50%, every: 10m, bake: 0s } }
  short: { target: process, strategy: { kind: linear, percent: 50%, every: 0s, bake: 0s }, progress-deadline: 2s }
  lively: { target: process, strategy: { kind: linear, percent: 50%, every: 0s, bake: 0s } }
`;

/** What a host does that accepts and never answers. */
const never = () => new Promise<never>(() => {});

let kind: TestStore;
let store: Store;
let world: DeliveryWorld;
let silent: RememberingTarget;

beforeAll(async () => {
  const [embedded] = storeKinds;
  if (!embedded) throw new Error('there is no embedded store');
  kind = await embedded.create();
  store = await kind.open();
});
beforeEach(() => {
  world = deliveryWorld(store, config);
  silent = rememberingTarget();
  world.sources.targets.open = async ({ environment }) => (environment === 'lively' ? world.target : silent);
});
afterEach(async () => {
  await world.close();
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

test('a target that never says what runs keeps no environment waiting, and its silence is told', async () => {
  world.controller({ driftEveryMs: 1, answerMs: 200 });
  await world.ended((await world.deploy('silent', await world.release())).id);
  let asked = 0;
  silent.observe = () => {
    asked++;
    return never();
  };
  while (asked === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const { id } = await world.deploy('lively', await world.release());
  expect((await world.ended(id)).state.kind).toBe('completed');
  while (asked < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(world.trouble.map(String)).toContainEqual(
    expect.stringMatching(/silent could not say what runs: no answer in 0.2 s/),
  );
});

test('a target that never takes an act holds up no other environment, and the reason is on the deployment', async () => {
  world.controller({ answerMs: 200 });
  silent.begin = never;
  const { id } = await world.deploy('silent', await world.release());
  const other = await world.deploy('lively', await world.release());
  expect((await world.ended(other.id)).state.kind).toBe('completed');
  const tried = await world.until(id, ({ state }) => state.kind === 'acting' && state.act.failures > 0);
  expect((await world.story(id)).join('\n')).toContain(
    'the target could not be told to begin: no answer in 0.2 s',
  );
  await sayWord(world.sources, { project, id: tried.id }, { word: 'abort', by: 'bob', reason: 'enough' });
  expect((await world.ended(id)).state).toMatchObject({ kind: 'cancelled', cause: { by: 'bob' } });
});

test('an abort is acted on though the target never says how an act stands', async () => {
  world.controller({ answerMs: 200 });
  await world.ended((await world.deploy('silent', await world.release())).id);
  const { id } = await world.deploy('silent', await world.release());
  await world.until(id, ({ state }) => state.kind === 'holding');
  const { settled } = silent;
  let asked = 0;
  silent.settled = () => {
    asked++;
    return never();
  };
  await sayWord(world.sources, { project, id }, { word: 'abort', by: 'bob', reason: 'enough' });
  while (asked < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(silent.deeds).toContain('shift 0');
  expect(world.trouble.map(String).join('\n')).toContain('no answer in 0.7 s');
  silent.settled = settled;
  expect((await world.ended(id)).state).toMatchObject({ kind: 'rolled-back', cause: { reason: 'enough' } });
});

test('an act of which the target never says how it stands is given up by its deadline, which names the silence', async () => {
  world.controller({ answerMs: 200 });
  await world.ended((await world.deploy('short', await world.release())).id);
  const { settled } = silent;
  silent.settled = (token, timeoutMs) =>
    /step-\d+\.shift/.test(token) ? never() : settled(token, timeoutMs);
  const { id } = await world.deploy('short', await world.release());
  expect((await world.ended(id)).state).toMatchObject({
    kind: 'rolled-back',
    cause: {
      kind: 'deadline',
      reason: 'shift was not done in time: the target did not say how it stood: no answer in 0.7 s',
    },
  });
  const told = (await world.story(id)).filter((line) => line.startsWith('The target does not say how'));
  expect(told).toHaveLength(1);
});
