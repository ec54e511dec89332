import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { composite, createStoreBench, failure, node } from './test-store.ts';

describe('an action of this repository', () => {
  test('under ./ is read from the workspace, as it is at that moment', async () => {
    const { directory, newRun, resolve } = createStoreBench();
    const workspace = join(directory, 'workspace');
    const manifest = join(workspace, '.github/actions/greet/action.yml');
    const store = newRun();

    const early = await failure(resolve(store, './.github/actions/greet', { workspace }));
    mkdirSync(dirname(manifest), { recursive: true });
    writeFileSync(manifest, node('greet'));
    const found = await resolve(store, './.github/actions/greet', { workspace });

    expect(early.code).toBe('no-manifest');
    expect(early.mend).toContain('actions/checkout');
    expect(found).toMatchObject({
      manifestPath: manifest,
      repositoryRoot: workspace,
      action: { name: 'greet' },
    });
    expect(found.remote).toBeUndefined();
  });

  test('under $/ is read from the repository that holds the file', async () => {
    const { server, newRun, resolve } = createStoreBench();
    server
      .repository('octo/tool')
      .commit({ 'action.yml': composite('$/sub'), 'sub/action.yml': node('sub') });
    const store = newRun();
    const outer = await resolve(store, 'octo/tool@main');

    const found = await resolve(store, '$/sub', { ownRepository: outer.repositoryRoot });

    expect(found.directory).toBe(join(outer.repositoryRoot, 'sub'));
  });
});

describe("a job's own copy", () => {
  test('keeps what a composite action writes beside itself away from the cache', async () => {
    const { directory, server, newRun, resolve } = createStoreBench();
    server.repository('octo/tool').commit({
      'sub/action.yml': composite('./x'),
      'script.sh': 'echo',
      'js/action.yml': node('js'),
    });
    const store = newRun();
    const actionsDirectory = join(directory, 'job/_actions');

    const [copied, again, javascript] = await Promise.all([
      resolve(store, 'octo/tool/sub@main', { actionsDirectory }),
      resolve(store, 'octo/tool/sub@main', { actionsDirectory }),
      resolve(store, 'octo/tool/js@main', { actionsDirectory }),
    ]);
    const cached = await resolve(store, 'octo/tool/sub@main');
    writeFileSync(join(copied.directory, 'installed'), '');

    expect(copied.repositoryRoot).toBe(join(actionsDirectory, 'octo/tool/main'));
    expect(copied.manifestPath).toBe(join(copied.repositoryRoot, 'sub/action.yml'));
    expect(again.directory).toBe(copied.directory);
    expect(readFileSync(join(copied.repositoryRoot, 'script.sh'), 'utf8')).toBe('echo');
    expect(readdirSync(cached.directory)).toEqual(['action.yml']);
    expect(javascript.repositoryRoot).toBe(cached.repositoryRoot);
  });
});
