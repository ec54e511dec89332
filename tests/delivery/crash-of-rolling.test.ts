import { afterEach, expect, test } from 'vitest';
import { driveUntil, pointsFor } from './drive-until.ts';
import { type ProcessWorld, processWorld, revisionName, type WorldRelease } from './process-world.ts';

let world: ProcessWorld;
afterEach(() => world.close());

const patience = 900_000;
const drive = (deployment: number, killAt: string | null) => driveUntil(world, { deployment, killAt });

/** A release serves with two instances, which are replaced one by one. */
async function given(every: string): Promise<WorldRelease> {
  world = await processWorld({
    drives: false,
    analysis: false,
    strategy: `{ kind: rolling, batch: 1, every: ${every}, bake: 0s }`,
    rules: ['progress-deadline: 60s', 'instances: { api: 2 }'],
  });
  const old = await world.release();
  await drive((await world.deploy(old)).id, null);
  return old;
}

const startsOf = ({ name }: WorldRelease) => world.starts().filter((one) => one === name).length;

/** The fewest healthy instances of whatever release since the first one had both of its own. */
function leastCapacity(): number {
  let now = 0;
  const counts = world.life().map(({ is }) => (now += is === 'up' ? 1 : -1));
  return Math.min(...counts.slice(counts.indexOf(2)));
}

async function killAtEach(points: readonly string[], deployment: number): Promise<number> {
  for (const point of points) {
    const { isKilled } = await drive(deployment, point);
    expect(isKilled, `${point}: ${(await world.story(deployment)).join('\n')}`).toBe(true);
  }
  await drive(deployment, null);
  return points.length;
}

test(
  'a controller that is killed at every point of a rolling rollout starts and ends each instance once',
  async () => {
    await given('0s');
    const second = await world.deploy(await world.release());
    const { points } = await drive(second.id, null);
    const traffic = world.traffic();
    const next = await world.release();
    const third = await world.deploy(next);
    const kills = await killAtEach(pointsFor(points, second.id, third.id), third.id);
    const ended = await world.ended(third.id);
    const met = await traffic.stop();
    expect(ended.state, (await world.story(third.id)).join('\n')).toMatchObject({ kind: 'completed' });
    expect(await world.weights(third.id)).toEqual([50, 100]);
    expect(traffic.lost()).toEqual([]);
    expect(startsOf(next)).toBe(2);
    expect(leastCapacity()).toBe(2);
    expect((await world.observe()).revisions).toMatchObject([
      { revision: revisionName(ended), weight: 100, components: { api: { wanted: 2, ready: 2 } } },
    ]);
    console.info(`rolling: killed ${kills} times: ${met.length} requests, ${traffic.lost().length} lost`);
  },
  patience,
);

test(
  'a controller that is killed at every point of the way back brings the old instances back, once',
  async () => {
    const old = await given('1h');
    const abortedInTheMidst = async () => {
      const deployment = await world.deploy(await world.release());
      await drive(deployment.id, 'wrote act.succeeded step-4.scale holding');
      await world.say(deployment.id, 'abort', 'customers call');
      return deployment;
    };
    const second = await abortedInTheMidst();
    const { points } = await drive(second.id, null);
    const traffic = world.traffic();
    const third = await abortedInTheMidst();
    const before = startsOf(old);
    const kills = await killAtEach(pointsFor(points, second.id, third.id), third.id);
    await traffic.stop();
    expect((await world.ended(third.id)).state).toMatchObject({ kind: 'rolled-back' });
    expect(await world.weights(third.id)).toEqual([50, 0]);
    expect(traffic.lost()).toEqual([]);
    expect(startsOf(old) - before).toBe(1);
    expect(leastCapacity()).toBe(2);
    expect((await world.observe()).revisions).toMatchObject([
      { weight: 100, components: { api: { wanted: 2, ready: 2 } } },
    ]);
    console.info(`rolling, on the way back: killed ${kills} times: ${traffic.met.length} requests, 0 lost`);
  },
  patience,
);
