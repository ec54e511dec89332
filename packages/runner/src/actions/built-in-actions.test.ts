import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { composite, createStoreBench, failure, type StoreBench } from './test-store.ts';

function createInstalledBench(): StoreBench & { root: string } {
  const bench = createStoreBench();
  const root = join(bench.directory, 'installed');
  mkdirSync(join(root, 'actions/deploy'), { recursive: true });
  mkdirSync(join(root, 'node_modules'));
  writeFileSync(join(root, 'actions/deploy/action.yml'), composite('./x'));
  return { ...bench, root };
}

test('slipway’s own action is the one that came with it, without a network; a job gets a copy of it, where its container has it too', async () => {
  const { directory, newRun, resolve, root } = createInstalledBench();
  const store = newRun({ builtInRoot: root, offline: true });
  const uses = 'slipway-ci/slipway/actions/deploy@v1';
  await store.prepare([uses], AbortSignal.timeout(60_000));
  const found = await resolve(store, uses, { actionsDirectory: join(directory, 'job') });
  const copy = join(directory, 'job/slipway-ci/slipway/v1');
  expect(found.directory).toBe(join(copy, 'actions/deploy'));
  // The rest of the installation is not the action's.
  expect(readdirSync(copy)).toEqual(['actions']);
  expect(found.remote).toMatchObject({ repository: 'slipway-ci/slipway', ref: 'v1' });
});

test('one that does not exist is told with those that do', async () => {
  const { newRun, resolve, root } = createInstalledBench();
  const store = newRun({ builtInRoot: root, offline: true });
  const error = await failure(resolve(store, 'slipway-ci/slipway/actions/deplyo@v1'));
  expect(error).toMatchObject({ code: 'no-manifest', message: expect.stringContaining('deploy/') });
});

test.each(['v2', 'main', '1'.repeat(40)])(
  'another ref, %s, is another version and has to be fetched',
  async (ref) => {
    const { newRun, resolve, root } = createInstalledBench();
    const store = newRun({ builtInRoot: root, offline: true });
    const error = await failure(resolve(store, `slipway-ci/slipway/actions/deploy@${ref}`));
    expect(error.code).toBe('offline');
  },
);

test('a lock file need not know it', async () => {
  const { directory, newRun, resolve, root } = createInstalledBench();
  const repository = join(directory, 'repository');
  mkdirSync(join(repository, '.github/workflows'), { recursive: true });
  const lock = { version: 'v0.0.2', workflows: { '.github/workflows/ci.yml': [] }, dependencies: {} };
  writeFileSync(join(repository, '.github/workflows/actions.lock'), JSON.stringify(lock));
  const store = newRun({ builtInRoot: root, offline: true, repositoryRoot: repository });
  const workflowPath = '.github/workflows/ci.yml';
  const found = await resolve(store, 'slipway-ci/slipway/actions/deploy@v1', { workflowPath });
  expect(found.action.runs.kind).toBe('composite');
});
