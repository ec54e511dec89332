import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { startSlipway } from '../slipway-process.ts';
import { driveUntil, pointsFor } from './drive-until.ts';
import { type ProcessWorld, processWorld, revisionName } from './process-world.ts';

let world: ProcessWorld;
afterEach(() => world.close());

const patience = 900_000;
const rules = ['progress-deadline: 60s'];

const drive = (deployment: number, killAt: string | null) => driveUntil(world, { deployment, killAt });

const smokes = () =>
  readFileSync(path.join(world.places.variables.FAULTS_DIR ?? '', 'smokes'), 'utf8').split('\n').length - 1;

test(
  'a controller that is killed at every point of a rollout adopts what was begun, and repeats nothing',
  async () => {
    world = await processWorld({
      drives: false,
      analysis: false,
      migrations: true,
      strategy: '{ kind: linear, percent: 50%, every: 0s, bake: 0s }',
      rules: [...rules, 'smoke: "echo smoked >> $FAULTS_DIR/smokes"'],
    });
    await drive((await world.deploy(await world.release())).id, null);
    const second = await world.deploy(await world.release({ migrations: ['0001', '0002'] }));
    const { points } = await drive(second.id, null);
    expect((await world.ended(second.id)).state.kind).toBe('completed');
    const before = { starts: world.starts().length, smokes: smokes() };
    const traffic = world.traffic();
    const next = await world.release({ migrations: ['0001', '0002', '0003'] });
    const third = await world.deploy(next);
    let kills = 0;
    for (const point of pointsFor(points, second.id, third.id)) {
      const { isKilled } = await drive(third.id, point);
      expect(isKilled, `${point}: ${(await world.story(third.id)).join('\n')}`).toBe(true);
      kills++;
    }
    await drive(third.id, null);
    const ended = await world.ended(third.id);
    const met = await traffic.stop();
    expect(ended.state, (await world.story(third.id)).join('\n')).toMatchObject({ kind: 'completed' });
    expect(world.database().filter((line) => line === '0003')).toHaveLength(1);
    expect(world.starts().length - before.starts).toBe(1);
    expect(smokes() - before.smokes).toBe(3);
    expect(await world.weights(third.id)).toEqual([50, 100]);
    expect(traffic.lost()).toEqual([]);
    expect(met.at(-1)?.release).toBe(next.name);
    expect((await world.observe()).revisions.map(({ revision }) => revision)).toEqual([revisionName(ended)]);
    console.info(
      `killed ${kills} times in one rollout: ${met.length} requests, ${traffic.lost().length} lost`,
    );
  },
  patience,
);

test(
  'a controller that is killed at every point of the way back brings weight 0 first, and repeats nothing',
  async () => {
    world = await processWorld({
      drives: false,
      analysis: false,
      strategy: '{ kind: canary, steps: [{ weight: 50%, hold: 1h }], bake: 0s }',
      rules,
    });
    await drive((await world.deploy(await world.release())).id, null);
    const abortedAtHalf = async () => {
      const deployment = await world.deploy(await world.release());
      await drive(deployment.id, `wrote act.succeeded step-3.verify holding`);
      await world.say(deployment.id, 'abort', 'customers call');
      return deployment;
    };
    const second = await abortedAtHalf();
    const { points } = await drive(second.id, null);
    const traffic = world.traffic();
    const third = await abortedAtHalf();
    let kills = 0;
    for (const point of pointsFor(points, second.id, third.id)) {
      const { isKilled } = await drive(third.id, point);
      expect(isKilled, `${point}: ${(await world.story(third.id)).join('\n')}`).toBe(true);
      kills++;
    }
    await drive(third.id, null);
    await traffic.stop();
    expect((await world.ended(third.id)).state).toMatchObject({
      kind: 'rolled-back',
      cause: { kind: 'aborted', reason: 'customers call' },
    });
    expect(await world.weights(third.id)).toEqual([50, 0]);
    expect(traffic.lost()).toEqual([]);
    expect((await world.observe()).revisions).toMatchObject([{ weight: 100 }]);
    console.info(`killed ${kills} times on the way back: ${traffic.met.length} requests, 0 lost`);
  },
  patience,
);

test(
  'slipway deploy that is killed in mid-canary is gone on with by slipway deployments --follow',
  async () => {
    world = await processWorld({
      drives: false,
      analysis: false,
      strategy: '{ kind: linear, percent: 50%, every: 4s, bake: 0s }',
      rules,
    });
    await drive((await world.deploy(await world.release())).id, null);
    const next = await world.release();
    const env = {
      SLIPWAY_DELIVERY: world.places.state,
      ...Object.fromEntries(
        Object.entries(world.places.variables).map(([name, value]) => [`SLIPWAY_VAR_${name}`, value]),
      ),
    };
    const options = { cwd: world.places.directory, env };
    const about = ['--project', world.project];
    const first = startSlipway(['deploy', 'production', '--release', String(next.id), ...about], options);
    let output = '';
    await new Promise<void>((resolve, reject) => {
      first.stdout?.on('data', (piece: Buffer) => {
        output += piece.toString();
        if (output.includes('The target says 50 %.')) resolve();
      });
      first.on('close', () => reject(new Error(output)));
    });
    first.removeAllListeners('close');
    first.kill('SIGKILL');
    const [latest] = await world.list();
    const second = startSlipway(['deployments', String(latest?.id), '--follow', ...about], options);
    let told = '';
    second.stdout?.on('data', (piece: Buffer) => {
      told += piece.toString();
    });
    const status = await new Promise((resolve) => second.on('close', resolve));
    expect(status, told).toBe(0);
    expect(told).toContain('Completed: the new revision serves all.');
    expect(await world.weights(latest?.id ?? 0)).toEqual([50, 100]);
    expect(world.starts().filter((name) => name === next.name)).toHaveLength(1);
  },
  patience,
);
