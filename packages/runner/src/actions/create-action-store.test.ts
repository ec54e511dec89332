import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createStoreBench, failure, node } from './test-store.ts';

const signal = () => AbortSignal.timeout(60_000);

describe('a remote action', () => {
  test('is found by branch, tag, annotated tag, branch with slashes, full ref and sha', async () => {
    const { server, newRun, resolve } = createStoreBench();
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
    const { server, newRun, resolve } = createStoreBench();
    const repository = server.repository('octo/tool');
    const tagged = repository.commit({ 'action.yml': node('tagged') });
    repository.git('tag', 'v1');
    repository.git('checkout', '--quiet', '-b', 'v1');
    repository.commit({ 'action.yml': node('branch') });

    expect((await resolve(newRun(), 'octo/tool@v1')).remote?.sha).toBe(tagged);
  });

  test('may be in a folder, be named action.yaml, or be a Dockerfile alone', async () => {
    const { server, newRun, resolve } = createStoreBench();
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
    const { server, newRun, resolve } = createStoreBench();
    const repository = server.repository('octo/tool');
    const before = repository.commit({ 'action.yml': node('before') });
    const run = newRun();
    await resolve(run, 'octo/tool@main');
    const after = repository.commit({ 'action.yml': node('after') });

    expect((await resolve(run, 'octo/tool@main')).remote?.sha).toBe(before);
    expect((await resolve(newRun(), 'octo/tool@main')).remote?.sha).toBe(after);
  });

  test('has its files as committed: executable bits and links too, without git', async () => {
    const { server, newRun, resolve } = createStoreBench();
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
    const { directory, server, newRun, resolve } = createStoreBench();
    server.repository('octo/tool').commit({ 'action.yml': node('x') });

    const found = await Promise.all(
      [newRun(), newRun(), newRun()].map((run) => resolve(run, 'octo/tool@main')),
    );

    expect(new Set(found.map((one) => one.directory)).size).toBe(1);
    expect(readdirSync(join(directory, 'home/actions/.incoming'))).toEqual([]);
  });

  test('is fetched again after a run that was killed in the middle', async () => {
    const { directory, server, newRun, resolve } = createStoreBench();
    server.repository('octo/tool').commit({ 'action.yml': node('x') });
    const leftover = join(directory, 'home/actions/.incoming/killed/files');
    mkdirSync(leftover, { recursive: true });
    writeFileSync(join(leftover, 'action.yml'), 'half');

    expect((await resolve(newRun(), 'octo/tool@main')).action.name).toBe('x');
  });

  test('is found from inside a git hook, whose environment names another repository', async () => {
    const { server, newRun, resolve } = createStoreBench();
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
    const { directory, server, newRun, resolve } = createStoreBench();
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

describe('a file of another repository', () => {
  test('is read at the commit that its ref names', async () => {
    const { server, newRun } = createStoreBench();
    const sha = server
      .repository('octo/shared')
      .commit({ '.github/workflows/build.yml': 'on: workflow_call\n' });

    const file = await newRun().readFile('octo/shared/.github/workflows/build.yml@main', signal());

    expect(file).toMatchObject({ content: 'on: workflow_call\n', sha });
  });

  test('that is not there is an error that names what is', async () => {
    const { server, newRun } = createStoreBench();
    server.repository('octo/shared').commit({ '.github/workflows/build.yml': '' });

    const error = await failure(newRun().readFile('octo/shared/.github/workflows/built.yml@main', signal()));

    expect(error.code).toBe('file-not-found');
    expect(error.message).toContain('holds build.yml');
  });
});

test('a manifest is parsed once, and read from its cache by content after that', async () => {
  const { directory, server, newRun, resolve } = createStoreBench();
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
