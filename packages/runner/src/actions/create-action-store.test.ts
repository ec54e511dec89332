import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TestServer } from './test-server.ts';
import { composite, createStoreBench, failure, node, type StoreBench } from './test-store.ts';

let bench: StoreBench;
let directory: string;
let server: TestServer;
let newRun: StoreBench['newRun'];
let resolve: StoreBench['resolve'];

beforeEach(() => {
  bench = createStoreBench();
  ({ directory, server, newRun, resolve } = bench);
});

afterEach(() => bench.dispose());

const signal = () => AbortSignal.timeout(60_000);

describe('a remote action', () => {
  test('is found by branch, tag, annotated tag, branch with slashes, full ref and sha', async () => {
    const repository = server.repository('octo/tool');
    const first = repository.commit({ 'action.yml': node('first') });
    repository.git('tag', 'light');
    repository.git('tag', '-a', 'v1', '-m', 'annotated');
    repository.git('checkout', '--quiet', '-b', 'release/2.x');
    const second = repository.commit({ 'action.yml': node('second') });
    repository.git('checkout', '--quiet', 'main');
    const store = newRun();

    for (const [ref, sha] of [
      ['main', first],
      ['light', first],
      ['v1', first],
      ['release/2.x', second],
      ['refs/heads/release/2.x', second],
      [first, first],
      [second.toUpperCase(), second],
    ] as const) {
      const found = await resolve(store, `octo/tool@${ref}`);
      expect(found.remote, ref).toEqual({ repository: 'octo/tool', path: '', ref, sha });
      expect(found.action.runs, ref).toMatchObject({
        kind: 'node',
        main: sha === first ? 'first.js' : 'second.js',
      });
    }
  });

  test('whose tag has the name of a branch is the tag', async () => {
    const repository = server.repository('octo/tool');
    const tagged = repository.commit({ 'action.yml': node('tagged') });
    repository.git('tag', 'v1');
    repository.git('checkout', '--quiet', '-b', 'v1');
    repository.commit({ 'action.yml': node('branch') });

    expect((await resolve(newRun(), 'octo/tool@v1')).remote?.sha).toBe(tagged);
  });

  test('may be in a folder, be named action.yaml, or be a Dockerfile alone', async () => {
    const repository = server.repository('octo/tools');
    repository.commit({ 'sub/dir/action.yaml': node('deep'), 'image/Dockerfile': 'FROM scratch\n' });
    const store = newRun();

    const deep = await resolve(store, 'octo/tools/sub/dir@main');
    const image = await resolve(store, 'Octo/Tools/image@main');

    expect(deep.directory).toBe(join(deep.repositoryRoot, 'sub/dir'));
    expect(deep.manifestPath).toBe(join(deep.directory, 'action.yaml'));
    expect(image.repositoryRoot).toBe(deep.repositoryRoot);
    expect(image.action.runs).toMatchObject({ kind: 'docker', image: 'Dockerfile' });
  });

  test('is the same for all jobs of a run, and new for the next run', async () => {
    const repository = server.repository('octo/tool');
    const before = repository.commit({ 'action.yml': node('before') });
    const run = newRun();
    await resolve(run, 'octo/tool@main');
    const after = repository.commit({ 'action.yml': node('after') });

    expect((await resolve(run, 'octo/tool@main')).remote?.sha).toBe(before);
    expect((await resolve(newRun(), 'octo/tool@main')).remote?.sha).toBe(after);
  });

  test('has its files as committed: executable bits and links too, without git', async () => {
    const repository = server.repository('octo/tool');
    repository.write({ 'action.yml': node('x'), 'run.sh': '#!/bin/sh\n', 'lib/a.txt': 'a\r\n' });
    repository.symlink('link', 'lib/a.txt');
    repository.git('add', '--all');
    repository.git('update-index', '--chmod=+x', 'run.sh');
    repository.git('commit', '--quiet', '-m', 'Files');

    const { directory: files } = await resolve(newRun(), 'octo/tool@main');

    expect(readdirSync(files).sort()).toEqual(['action.yml', 'lib', 'link', 'run.sh']);
    expect(statSync(join(files, 'run.sh')).mode & 0o111).toBe(0o111);
    expect(readFileSync(join(files, 'link'), 'utf8')).toBe('a\r\n');
  });

  test('may be fetched by several runs at once, and leaves nothing half done', async () => {
    server.repository('octo/tool').commit({ 'action.yml': node('x') });

    const found = await Promise.all(
      [newRun(), newRun(), newRun()].map((run) => resolve(run, 'octo/tool@main')),
    );

    expect(new Set(found.map((one) => one.directory)).size).toBe(1);
    expect(readdirSync(join(directory, 'home/actions/.incoming'))).toEqual([]);
  });

  test('is fetched again after a run that was killed in the middle', async () => {
    server.repository('octo/tool').commit({ 'action.yml': node('x') });
    const leftover = join(directory, 'home/actions/.incoming/killed/files');
    mkdirSync(leftover, { recursive: true });
    writeFileSync(join(leftover, 'action.yml'), 'half');

    expect((await resolve(newRun(), 'octo/tool@main')).action.name).toBe('x');
  });

  test('is found from inside a git hook, whose environment names another repository', async () => {
    server.repository('octo/tool').commit({ 'action.yml': node('x') });
    const env = {
      ...server.env,
      GIT_DIR: '/nonexistent/.git',
      GIT_INDEX_FILE: 'index',
      GIT_WORK_TREE: '/nonexistent',
    };

    expect((await resolve(newRun({ env }), 'octo/tool@main')).action.name).toBe('x');
  });

  test('that one job no longer wants is still fetched for the other', async () => {
    server.repository('octo/tool').commit({ 'action.yml': node('x') });
    const run = newRun();
    const cancelled = new AbortController();

    const first = run.resolve(
      'octo/tool@main',
      { workspace: directory, ownRepository: directory },
      cancelled.signal,
    );
    const second = resolve(run, 'octo/tool@main');
    cancelled.abort(new Error('the job was cancelled'));

    await expect(first).rejects.toThrow('the job was cancelled');
    expect((await second).action.name).toBe('x');
  });
});

describe('preparing', () => {
  test('fetches all that the job will need, nested in composite actions of any depth, but no checkout', async () => {
    server.repository('octo/leaf').commit({ 'action.yml': node('leaf') });
    server.repository('octo/outer').commit({
      'action.yml': composite(
        'octo/inner/nested@main',
        '$/own',
        'actions/checkout@v4',
        './local',
        'docker://alpine',
      ),
      'own/action.yml': composite('octo/leaf@main'),
    });
    server
      .repository('octo/inner')
      .commit({ 'nested/action.yml': composite('octo/outer@main', 'octo/other@main') });
    server.repository('octo/other').commit({ 'action.yml': node('other') });

    await newRun().prepare(['octo/outer@main', './local', 'docker://alpine:3'], signal());

    rmSync(join(directory, 'server'), { recursive: true });
    const offline = newRun({ offline: true });
    for (const name of ['outer', 'inner/nested', 'leaf', 'other']) {
      expect((await resolve(offline, `octo/${name}@main`)).remote?.repository).toBe(
        `octo/${name.split('/')[0]}`,
      );
    }
  });

  test('fails with the action that is missing, however deep', async () => {
    server.repository('octo/outer').commit({ 'action.yml': composite('octo/gone@v1') });

    const error = await failure(newRun().prepare(['octo/outer@main'], signal()));

    expect(error.code).toBe('repository-not-found');
    expect(error.message).toContain('octo/gone');
  });
});

describe('offline', () => {
  test('a ref means what it meant when it was last asked for, and nothing is fetched', async () => {
    const repository = server.repository('octo/tool');
    const known = repository.commit({ 'action.yml': node('known') });
    await resolve(newRun(), 'octo/tool@main');
    repository.commit({ 'action.yml': node('newer') });

    expect((await resolve(newRun({ offline: true }), 'octo/tool@main')).remote?.sha).toBe(known);
  });

  test('an action that is not cached fails and says how to get it', async () => {
    const sha = server.repository('octo/tool').commit({ 'action.yml': node('x') });

    for (const ref of ['main', sha]) {
      const error = await failure(resolve(newRun({ offline: true }), `octo/tool@${ref}`));
      expect(error.code).toBe('offline');
      expect(error.message).toContain(`octo/tool@${ref}`);
      expect(error.mend).toContain('without --offline');
    }
  });
});

describe('an action of this repository', () => {
  test('under ./ is read from the workspace, as it is at that moment', async () => {
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

describe('a file of another repository', () => {
  test('is read at the commit that its ref names', async () => {
    const sha = server
      .repository('octo/shared')
      .commit({ '.github/workflows/build.yml': 'on: workflow_call\n' });

    const file = await newRun().readFile('octo/shared/.github/workflows/build.yml@main', signal());

    expect(file).toMatchObject({ content: 'on: workflow_call\n', sha });
  });

  test('that is not there is an error that names what is', async () => {
    server.repository('octo/shared').commit({ '.github/workflows/build.yml': '' });

    const error = await failure(newRun().readFile('octo/shared/.github/workflows/built.yml@main', signal()));

    expect(error.code).toBe('file-not-found');
    expect(error.message).toContain('holds build.yml');
  });
});

test('a manifest is parsed once, and read from its cache by content after that', async () => {
  server.repository('octo/tool').commit({ 'action.yml': node('x') });
  await resolve(newRun(), 'octo/tool@main');
  const [cached] = readdirSync(join(directory, 'home/manifests'), {
    recursive: true,
    encoding: 'utf8',
  }).filter((name) => name.endsWith('.json'));
  const file = join(directory, 'home/manifests', cached ?? '');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"x.js"', '"cached.js"'));

  expect((await resolve(newRun(), 'octo/tool@main')).action.runs).toMatchObject({ main: 'cached.js' });
});
