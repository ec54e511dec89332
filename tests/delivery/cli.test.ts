import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Clone, type Served, serveForTest } from '../server/served.ts';
import { runSlipway } from '../slipway-process.ts';
import { type ProcessWorld, processWorld } from './process-world.ts';
import { type RememberingTarget, rememberingTarget } from './remembering-target.ts';

const patience = 120_000;

describe('against a server', () => {
  let served: Served;
  let clone: Clone;
  let target: RememberingTarget;
  const slipway = (...args: string[]) =>
    runSlipway(args, {
      cwd: clone.directory,
      env: {
        SLIPWAY_SERVER: served.server.url,
        SLIPWAY_TOKEN: served.token,
        GITHUB_REPOSITORY: 'octo/app',
        NO_COLOR: '1',
      },
    });
  const commit = async (message: string) => {
    await clone.write({ 'dist/run': message });
    await clone.commit(message);
    await clone.git('push', '--quiet', 'origin', 'main');
  };

  beforeAll(async () => {
    target = rememberingTarget();
    served = await serveForTest({
      labels: [],
      delivery: {
        host: {
          command: (args) => ({ file: 'false', args }),
          openTarget: async () => target,
          openMetrics: async () => ({ measure: async () => ({ kind: 'no-data' }) }),
        },
      },
    });
    clone = await served.project('octo/app', {
      'slipway.yml': `components:
  api: { role: service, options: { command: ./run } }
environments:
  staging: { target: process, strategy: { kind: canary, steps: [{ weight: 20%, hold: 0s, promotion: true }], bake: 0s } }
`,
    });
    await commit('first');
  });
  afterAll(() => served.close());

  test(
    'a build becomes a release, its deployment is shown as it happens, and the exit status says how it ended',
    async () => {
      const created = await slipway(
        'release',
        'create',
        '--bundle',
        'api=dist',
        '--test',
        'ci=success',
        '--json',
      );
      expect(created.status, created.stderr).toBe(0);
      expect(JSON.parse(created.stdout)).toMatchObject({
        id: 1,
        components: { api: expect.stringMatching(/^sha256:/) },
        evidence: [{ kind: 'tests', name: 'ci', conclusion: 'success' }],
      });
      const planned = await slipway('deploy', 'staging', '--plan');
      expect(planned.status, planned.stderr).toBe(0);
      expect(planned.stdout).toContain('Deploy to staging');
      expect(planned.stdout).toMatch(/api\s+new\s+-\s+→\s+sha256:/);
      expect(planned.stdout).toContain('Policy has nothing against it.');
      const done = await slipway('deploy', 'staging', '--follow');
      expect(done.status, done.stdout + done.stderr).toBe(0);
      expect(done.stdout).toContain('The target says 100 %.');
      expect(done.stdout).toContain('Completed: the new revision serves all.');
      const listed = await slipway('deployments');
      expect(listed.stdout).toMatch(/staging {2}runs .* \(release 1\)/);
      expect((await slipway('deployments', '--environment', 'Staging')).stdout).toBe(listed.stdout);
    },
    patience,
  );

  test(
    'people promote, abort and go back by command, and what is aborted ends with status 1 and the reason',
    async () => {
      await commit('second');
      expect((await slipway('release', 'create', '--bundle', 'api=dist')).status).toBe(0);
      const { stdout: begun } = await slipway('deploy', 'staging', '--json');
      const { id } = JSON.parse(begun) as { id: number };
      const waits = async () =>
        (await slipway('deployments', String(id))).stdout.includes('wait for a person to promote');
      while (!(await waits()));
      const [followed, aborted] = await Promise.all([
        slipway('deployments', String(id), '--follow', '--json'),
        slipway('abort', String(id), '--reason', 'customers call'),
      ]);
      expect(aborted.status, aborted.stderr).toBe(0);
      expect(followed.status).toBe(1);
      expect(followed.stderr).toContain('customers call');
      const lines = followed.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(lines.at(-1)).toMatchObject({ kind: 'summary', state: 'rolled-back', cause: { by: 'admin' } });
      expect(lines[0]).toMatchObject({ kind: 'event', lines: [expect.stringContaining('asked for')] });

      const { stdout: again } = await slipway('deploy', 'staging', '--json');
      const second = JSON.parse(again) as { id: number };
      while (!(await slipway('promote', String(second.id))).stdout.includes('Deployment'));
      expect((await slipway('deployments', String(second.id), '--follow')).status).toBe(0);
      const { stdout: back } = await slipway('rollback', 'staging', '--json');
      expect(JSON.parse(back)).toMatchObject({ haste: 'rollback', release: { id: 1 } });
      const dora = await slipway('dora', '--environment', 'staging');
      expect(dora.stdout).toContain('change failure rate');
      expect((await slipway('dora', '--environment', 'Staging')).stdout).toBe(dora.stdout);
      for (const command of ['dora', 'deployments']) {
        const { status, stdout, stderr } = await slipway(command, '--environment', 'nowhere');
        expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
        expect(stderr).toContain("There is no environment 'nowhere' (there are staging)");
      }
    },
    patience,
  );

  test(
    'what can not be meant is said in one line with its mend',
    async () => {
      const nowhere = await slipway('deploy', 'prod');
      expect(nowhere.status).toBe(1);
      expect(nowhere.stderr).toMatch(/^slipway: There is no environment 'prod'/);
      const unknown = await slipway('deploy', 'staging', '--release', 'v9');
      expect(unknown.stderr).toContain('There is no release “v9”');
      expect((await slipway('deploy')).status).toBe(2);
      expect((await slipway('release', 'create', '--component', 'api')).status).toBe(2);
      expect((await slipway('abort', 'x')).stderr).toContain("'x' is no number of a deployment");
      expect((await slipway('bundle', 'nowhere')).stderr).toContain('nowhere is no folder');
      expect((await slipway('unfreeze', 'staging', '--reason', 'x')).stderr).toContain('not frozen');
    },
    patience,
  );
});

describe('without a server', () => {
  let world: ProcessWorld;
  beforeAll(async () => {
    world = await processWorld({
      drives: false,
      analysis: false,
      strategy: '{ kind: linear, percent: 50%, every: 1s, bake: 0s }',
      rules: ['progress-deadline: 20s'],
    });
  });
  afterAll(() => world.close());
  const slipway = (...args: string[]) =>
    runSlipway([...args, '--project', world.project], {
      cwd: world.places.directory,
      env: {
        NO_COLOR: '1',
        SLIPWAY_SERVER: undefined,
        SLIPWAY_DELIVERY: world.places.state,
        ...Object.fromEntries(
          Object.entries(world.places.variables).map(([name, value]) => [`SLIPWAY_VAR_${name}`, value]),
        ),
      },
    });

  test(
    'a folder is packed, deployed and taken back in this process, and a bad one ends with status 1',
    async () => {
      const first = await world.release();
      expect((await slipway('deploy', 'production', '--release', String(first.id))).status).toBe(0);
      const second = await world.release();
      const done = await slipway('deploy', 'production', '--release', String(second.id));
      expect(done.status, done.stdout + done.stderr).toBe(0);
      expect(done.stdout).toContain('The target says 50 %.');
      const bad = await world.release({ faults: { unhealthy: true } });
      const failed = await slipway('deploy', 'production', '--release', String(bad.id));
      expect(failed.status).toBe(1);
      expect(failed.stderr).toMatch(/is rolled-back \(unhealthy\)/);
      const back = await slipway('rollback', 'production');
      expect(back.status, back.stdout + back.stderr).toBe(0);
      const figures = await slipway('dora', '--json');
      expect(JSON.parse(figures.stdout)).toMatchObject({ deployments: 2, failures: 2 });
    },
    patience,
  );

  test(
    'a folder is packed under the digest of its content',
    async () => {
      const folder = path.join(world.places.directory, 'dist');
      mkdirSync(folder);
      writeFileSync(path.join(folder, 'run'), 'echo hello\n');
      const [one, two] = [await slipway('bundle', 'dist'), await slipway('bundle', 'dist')];
      expect(one.stdout).toMatch(/^sha256:[0-9a-f]{64}\n$/);
      expect(two.stdout).toBe(one.stdout);
      expect(two.stderr).toContain('kept already');
    },
    patience,
  );
});
