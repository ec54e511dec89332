import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sweepInterrupted } from '../../packages/runner/src/recovery/sweep.ts';
import { prepareTestEngine, testImages } from './test-engine.ts';

const engine = await prepareTestEngine();

test('after kill -9 the next sweep removes the run’s containers, networks and folders', async (ctx) => {
  if (engine.kind === 'skip') return ctx.skip(engine.reason);
  const root = mkdtempSync(join(tmpdir(), 'slipway-docker-recovery-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const slipwayHome = join(root, 'home');
  const repositoryRoot = join(root, 'repository');
  mkdirSync(repositoryRoot);
  const { owner, trackingPrefix } = await startOwner({ slipwayHome, repositoryRoot });
  const filter = ['--quiet', '--filter', `label=slipway.run=${trackingPrefix}`];
  const left = async () => [
    (await engine.client.run(['ps', '--all', ...filter])).split('\n').filter(Boolean).length,
    (await engine.client.run(['network', 'ls', ...filter])).split('\n').filter(Boolean).length,
  ];
  expect(await left()).toEqual([2, 1]);
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  const [interrupted] = await sweepInterrupted({ slipwayHome, now: Date.now() });
  expect(interrupted).toMatchObject({ leftovers: [], run: { number: 1 } });
  expect(await left()).toEqual([0, 0]);
  expect(await sweepInterrupted({ slipwayHome, now: Date.now() })).toEqual([]);
});

/** Another process with a run that has a job container and a service. */
async function startOwner(options: {
  slipwayHome: string;
  repositoryRoot: string;
}): Promise<{ owner: ChildProcess; trackingPrefix: string }> {
  const source = new URL('../../packages/runner/src/', import.meta.url).href;
  const script = `
    const { openRunDirectory } = await import('${source}recovery/run-directory.ts');
    const { createContainerSource } = await import('${source}docker/container-source.ts');
    const { createContainerSession } = await import('${source}docker/container-session.ts');
    const { createContainerServices } = await import('${source}services/create-services.ts');
    const { mkdirSync } = await import('node:fs');
    const options = ${JSON.stringify(options)};
    const run = openRunDirectory({ ...options, description: 'push', now: Date.now() });
    const containers = createContainerSource({ ...options, offline: true });
    const trackingId = run.trackingPrefix + '_1';
    const root = run.workDirectory;
    const folders = { root, workspace: root + '/w', temp: root + '/t', toolCache: root + '/c', fetchedActions: root + '/a' };
    for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
    const signal = new AbortController().signal;
    const request = { env: {}, ports: [], volumes: [], options: '' };
    const context = { log() {}, signal };
    const session = createContainerSession({ source: containers, trackingId, folders, pipes: {} });
    await session.startJob({ ...request, image: '${testImages.base}' }, context);
    await createContainerServices(containers).start(
      { ...request, id: 'cache', image: '${testImages.redis}' },
      { ...context, trackingId, directory: root },
    );
    console.log(run.trackingPrefix);
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void owner.kill('SIGKILL'));
  const [text] = (await once(owner.stdout, 'data')) as [Buffer];
  return { owner, trackingPrefix: text.toString().trim() };
}
