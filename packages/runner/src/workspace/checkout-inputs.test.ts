import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestRepository, type TestRepository } from '../git/test-repository.ts';
import { type CheckoutBench, createCheckoutBench } from './test-checkout.ts';

let bench: CheckoutBench;
let directory: string;
let source: TestRepository;
let warnings: string[];
let checkout: CheckoutBench['checkout'];

beforeEach(() => {
  bench = createCheckoutBench();
  ({ directory, source, warnings, checkout } = bench);
});

afterEach(() => bench.dispose());

describe('the inputs of actions/checkout', () => {
  test('path puts it into a folder; one outside the workspace is refused', async () => {
    source.commit({ 'a.txt': 'a' });

    const { read, copy } = await checkout({ inputs: { path: 'deep/down' } });
    const outside = checkout({ inputs: { path: '../elsewhere' } });

    expect(read('deep/down/a.txt')).toBe('a');
    expect(copy.git('-C', 'deep/down', 'status', '--porcelain')).toBe('');
    await expect(outside).rejects.toMatchObject({ code: 'path-outside-workspace' });
  });

  test('a second checkout removes what was made in between, unless clean is false', async () => {
    source.commit({ 'a.txt': 'a', 'b.txt': 'b' });
    const { workspace, read } = await checkout();
    const change = () => {
      writeFileSync(join(workspace, 'made.txt'), 'made');
      writeFileSync(join(workspace, 'a.txt'), 'changed');
      chmodSync(join(workspace, 'a.txt'), 0o444);
    };

    change();
    await checkout({ inputs: { clean: 'false' } });
    const kept = [read('a.txt'), read('made.txt')];
    change();
    await checkout();

    expect(kept).toEqual(['a', 'made']);
    expect(readdirSync(workspace).sort()).toEqual(['.git', 'a.txt', 'b.txt']);
  });

  test('what lay in a folder that is no repository is removed', async () => {
    source.commit({ 'a.txt': 'a' });
    mkdirSync(join(directory, 'workspace'));
    writeFileSync(join(directory, 'workspace/stray.txt'), '');

    const { workspace } = await checkout({ inputs: { clean: 'false' } });

    expect(readdirSync(workspace).sort()).toEqual(['.git', 'a.txt']);
  });

  test('the token is kept for git, unless persist-credentials is false', async () => {
    source.commit({ 'a.txt': 'a' });
    const header = 'http.https://github.com/.extraheader';

    const kept = await checkout({ inputs: { token: 'secret' } });
    const encoded = kept.copy.git('config', header).replace('AUTHORIZATION: basic ', '');
    const dropped = await checkout({ inputs: { token: 'secret', 'persist-credentials': 'false' } });

    expect(Buffer.from(encoded, 'base64').toString()).toBe('x-access-token:secret');
    expect(dropped.copy.git('config', '--default', 'none', header)).toBe('none');
  });

  test('fetch-depth 0 in a shallow clone gives a warning, as the history is not there', async () => {
    source.commit({ 'a.txt': 'a' });
    source.commit({ 'a.txt': 'b' });
    const shallow = join(directory, 'shallow');
    source.git('clone', '--quiet', '--depth=1', `file://${source.root}`, shallow);

    await checkout({ source: shallow, inputs: { 'fetch-depth': '1' } });
    expect(warnings).toEqual([]);
    await checkout({ source: shallow, inputs: { 'fetch-depth': '0' } });
    expect(warnings).toEqual([expect.stringContaining('git fetch --unshallow')]);
  });

  test('the output ref is the input, the ref of the event, or nothing for a commit', async () => {
    const sha = source.commit({ 'a.txt': 'a' });

    expect((await checkout({ inputs: { ref: 'main' } })).outputs.ref).toBe('main');
    expect((await checkout({ inputs: { Ref: sha } })).outputs).toEqual({ ref: '', commit: sha });
  });

  describe('sparse-checkout', () => {
    const files = { 'root.txt': '', 'docs/a.md': '', 'src/lib/b.ts': '', 'src/app/c.ts': '' };

    test('in cone mode leaves those folders and the files above them, also of what is not committed', async () => {
      source.commit(files);
      source.write({ 'src/lib/new.ts': '', 'docs/new.md': '', 'new.txt': '' });

      const { workspace, copy } = await checkout({ inputs: { 'sparse-checkout': 'src/lib\n' } });

      expect(copy.git('status', '--porcelain')).toBe('?? new.txt\n?? src/lib/new.ts');
      expect(readdirSync(workspace).sort()).toEqual(['.git', 'new.txt', 'root.txt', 'src']);
      expect(readdirSync(join(workspace, 'src'))).toEqual(['lib']);
      expect(copy.git('sparse-checkout', 'list')).toBe('src/lib');
    });

    test('otherwise takes patterns', async () => {
      source.commit(files);
      const inputs = { 'sparse-checkout': '/*\n!/docs/\n!*.ts', 'sparse-checkout-cone-mode': 'false' };

      const { workspace, copy } = await checkout({ inputs });

      expect(readdirSync(workspace).sort()).toEqual(['.git', 'root.txt']);
      expect(copy.git('status', '--porcelain')).toBe('');
    });

    test('with patterns that git refuses is an error', async () => {
      source.commit(files);

      await expect(checkout({ inputs: { 'sparse-checkout': '../outside' } })).rejects.toMatchObject({
        code: 'invalid-sparse-checkout',
      });
    });
  });

  describe('submodules', () => {
    beforeEach(() => {
      const inner = createTestRepository(join(directory, 'inner'));
      inner.commit({ 'inner.txt': 'inner' });
      const middle = createTestRepository(join(directory, 'middle'));
      middle.git('submodule', '--quiet', 'add', inner.root, 'inner');
      middle.commit({ 'middle.txt': 'middle' });
      source.git('submodule', '--quiet', 'add', middle.root, 'libs/middle');
      source.git('submodule', '--quiet', 'update', '--init', '--recursive');
      source.commit({ 'a.txt': 'a' });
      source.write({ 'libs/middle/middle.txt': 'changed' });
    });

    test('are empty folders by default, as on GitHub', async () => {
      const { workspace, copy } = await checkout();

      expect(readdirSync(join(workspace, 'libs/middle'))).toEqual([]);
      expect(copy.git('submodule', 'status')).toMatch(/^-/);
      expect(warnings).toEqual([]);
    });

    test('are copied as they are here, one level or all', async () => {
      const direct = await checkout({ inputs: { submodules: 'true' }, workspace: join(directory, 'direct') });
      const recursive = await checkout({
        inputs: { submodules: 'recursive' },
        workspace: join(directory, 'recursive'),
      });

      expect(direct.read('libs/middle/middle.txt')).toBe('changed');
      expect(existsSync(join(direct.workspace, 'libs/middle/inner/inner.txt'))).toBe(false);
      expect(recursive.read('libs/middle/inner/inner.txt')).toBe('inner');
      expect(recursive.copy.git('-C', 'libs/middle', 'status', '--porcelain')).toBe(' M middle.txt');
      expect(recursive.copy.git('submodule', 'status')).toBe(source.git('submodule', 'status'));
    });

    test('that are not checked out here are told', async () => {
      source.git('submodule', '--quiet', 'deinit', '--all', '--force');

      await checkout({ inputs: { submodules: 'true' } });

      expect(warnings).toEqual([expect.stringContaining("'libs/middle'")]);
    });

    test('of a commit are got as the job is told', async () => {
      source.git('submodule', '--quiet', 'deinit', '--all', '--force');

      const { read, copy } = await checkout({ holds: 'commit', inputs: { submodules: 'true' } });

      expect(warnings).toEqual([expect.stringContaining('run git submodule update --init in a step')]);
      copy.git('submodule', '--quiet', 'update', '--init');
      expect(read('libs/middle/middle.txt')).toBe('middle');
    });
  });
});
