import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openTestRepository, type TestRepository } from '../git/test-repository.ts';
import { type CheckoutBench, createCheckoutBench } from './test-checkout.ts';

let bench: CheckoutBench;
let directory: string;
let source: TestRepository;
let checkout: CheckoutBench['checkout'];

beforeEach(() => {
  bench = createCheckoutBench();
  ({ directory, source, checkout } = bench);
});

afterEach(() => bench.dispose());

describe('the files', () => {
  test('are those of the working tree: tracked, changed and new ones, without the ignored', async () => {
    source.commit({ '.gitignore': 'dist/\n', 'a.txt': 'old', 'b.txt': 'same', 'src/deep/c.txt': 'c' });
    source.write({
      'a.txt': 'changed',
      'new/file.txt': 'new',
      'dist/out.js': 'built',
      '.slipway/state.json': '{}',
    });

    const { workspace, read } = await checkout();

    expect(read('a.txt')).toBe('changed');
    expect(read('b.txt')).toBe('same');
    expect(read('src/deep/c.txt')).toBe('c');
    expect(read('new/file.txt')).toBe('new');
    expect(existsSync(join(workspace, 'dist'))).toBe(false);
    expect(existsSync(join(workspace, '.slipway'))).toBe(false);
  });

  test('that were deleted are absent, whether the deletion is staged or not', async () => {
    source.commit({ 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c' });
    source.git('rm', '--quiet', 'a.txt');
    source.write({ 'b.txt': null });

    const { workspace } = await checkout();

    expect(readdirSync(workspace).sort()).toEqual(['.git', 'c.txt']);
  });

  test('keep executable bit, symbolic link and modification time', async () => {
    source.write({ 'run.sh': '#!/bin/sh\n' });
    chmodSync(join(source.root, 'run.sh'), 0o755);
    source.symlink('link', 'run.sh');
    source.symlink('dangling', 'nowhere');
    source.commit({});

    const { workspace } = await checkout();

    expect(statSync(join(workspace, 'run.sh')).mode & 0o777).toBe(0o755);
    expect(readlinkSync(join(workspace, 'link'))).toBe('run.sh');
    expect(readlinkSync(join(workspace, 'dangling'))).toBe('nowhere');
    expect(statSync(join(workspace, 'run.sh')).mtimeMs).toBeCloseTo(
      statSync(join(source.root, 'run.sh')).mtimeMs,
      0,
    );
  });

  test('may have any name that a file can have', async () => {
    const names = ['new\nline', '-dash', ' space ', 'quo"te', 'ünïcode', '#hash', '*'];
    source.commit(Object.fromEntries(names.map((name) => [name, name])));
    const bytes = Buffer.concat([Buffer.from(`${source.root}/`), Buffer.from([0x66, 0xff, 0xfe])]);
    writeFileSync(bytes, 'not utf-8');

    const { workspace, read } = await checkout();

    for (const name of names) expect(read(name)).toBe(name);
    expect(
      readFileSync(Buffer.concat([Buffer.from(`${workspace}/`), Buffer.from([0x66, 0xff, 0xfe])]), 'utf8'),
    ).toBe('not utf-8');
  });

  test('that git is told to skip are copied if they are there', async () => {
    source.commit(Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`f${n}`, 'committed'])));
    source.git('update-index', '--skip-worktree', 'f1', 'f2');
    source.write({ f1: 'local', f2: null });

    const { workspace, read, copy } = await checkout();

    expect(read('f1')).toBe('local');
    expect(read('f99')).toBe('committed');
    expect(existsSync(join(workspace, 'f2'))).toBe(false);
    expect(copy.git('status', '--porcelain')).toBe('');
  });

  test('can be written beside though their folder is read-only in the source', async () => {
    source.commit(Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`folder/f${n}`, `${n}`])));
    chmodSync(join(source.root, 'folder'), 0o555);

    const { workspace, read } = await checkout();

    expect(read('folder/f99')).toBe('99');
    expect(statSync(join(workspace, 'folder')).mode & 0o200).toBe(0o200);
    chmodSync(join(source.root, 'folder'), 0o755);
  });

  test('may be thousands, in folders, with some that have vanished', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 1500 }, (_, n) => [`d${n % 40}/-e/f ${n}.txt`, `${n}`]),
    );
    source.commit(files);
    unlinkSync(join(source.root, 'd3/-e/f 3.txt'));
    source.symlink('d1/link', '-e');

    const { workspace, read, copy } = await checkout();

    expect(read('d39/-e/f 1479.txt')).toBe('1479');
    expect(existsSync(join(workspace, 'd3/-e/f 3.txt'))).toBe(false);
    expect(readlinkSync(join(workspace, 'd1/link'))).toBe('-e');
    expect(copy.git('ls-files', '--deleted', '--others')).toBe('d1/link\nd3/-e/f 3.txt');
  });
});

describe('a source that is no repository', () => {
  test('is copied without what its .gitignore names, and becomes one', async () => {
    const plain = join(directory, 'plain');
    openTestRepository(source.root).write({
      '../plain/.gitignore': 'node_modules/\n',
      '../plain/a.txt': 'a',
    });
    source.write({ '../plain/node_modules/x.js': 'x', '../plain/.slipway/s': 's' });

    const first = await checkout({ source: plain, workspace: join(directory, 'one') });
    const second = await checkout({ source: plain, workspace: join(directory, 'two') });

    expect(readdirSync(first.workspace).sort()).toEqual(['.git', '.gitignore', 'a.txt']);
    expect(first.copy.git('status', '--porcelain')).toBe('');
    expect(first.outputs.commit).toBe(first.copy.git('rev-parse', 'HEAD'));
    expect(second.outputs.commit).toBe(first.outputs.commit);
  });

  test('but a folder of one, is copied alone, by the ignore rules of its repository', async () => {
    source.commit({ '.gitignore': 'dist/\n', 'a.txt': 'a', 'examples/app/b.txt': 'b' });
    source.write({ 'examples/app/dist/x.js': 'x', 'examples/app/new.txt': 'new' });

    const { workspace, copy } = await checkout({ source: join(source.root, 'examples/app') });

    expect(readdirSync(workspace).sort()).toEqual(['.git', 'b.txt', 'new.txt']);
    expect(copy.git('log', '--format=%s')).toBe('Working tree');
  });
});

test('several checkouts of one repository at once do not disturb each other, or the one who edits it', async () => {
  const names = Array.from({ length: 300 }, (_, n) => `f${n}.txt`);
  source.commit(Object.fromEntries(names.map((name) => [name, '0'])));
  let editing = true;
  const edit = async () => {
    for (let n = 0; editing; n = (n + 1) % names.length) {
      source.write({ [`f${n}.txt`]: null });
      await new Promise((turn) => setImmediate(turn));
      source.write({ [`f${n}.txt`]: 'edited' });
    }
  };
  const editor = edit();

  const jobs = await Promise.all(
    Array.from({ length: 8 }, (_, n) => checkout({ workspace: join(directory, `job-${n}`) })),
  ).finally(() => {
    editing = false;
    return editor;
  });

  for (const { copy } of jobs) {
    expect(copy.git('log', '--format=%s')).toBe('A change');
    expect(copy.git('ls-files').split('\n')).toHaveLength(300);
  }
});

test('a checkout from inside a git hook is of the source, whatever its environment names', async () => {
  source.commit({ 'a.txt': 'a' });
  vi.stubEnv('GIT_DIR', '/nonexistent/.git');
  vi.stubEnv('GIT_INDEX_FILE', '/nonexistent/index');
  try {
    expect((await checkout()).outputs.commit).toBe(source.git('rev-parse', 'HEAD'));
  } finally {
    vi.unstubAllEnvs();
  }
});

test('a checkout that is cancelled stops', async () => {
  source.commit({ 'a.txt': 'a' });
  await expect(checkout({ signal: AbortSignal.abort(new Error('cancelled')) })).rejects.toThrow('cancelled');
});

test('a full disk is told as such, not as a fault of the repository', async (context) => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return context.skip('only root can mount a small disk');
  source.commit({ 'big.bin': 'x'.repeat(3_000_000) });
  const small = join(directory, 'small');
  mkdirSync(small);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small], { stdio: 'ignore' });
  } catch {
    return context.skip('no disk can be mounted here');
  }
  try {
    await expect(checkout({ workspace: join(small, 'workspace') })).rejects.toMatchObject({
      code: 'copy-failed',
      message: 'The disk is full',
    });
  } finally {
    execFileSync('umount', [small]);
  }
});

describe('of a source that holds a commit', () => {
  test('the files of HEAD are written, though none of them is in the source', async () => {
    source.write({ 'run.sh': '#!/bin/sh\n' });
    chmodSync(join(source.root, 'run.sh'), 0o755);
    source.symlink('link', 'run.sh');
    source.commit({ 'a.txt': 'a', 'src/deep/c.txt': 'c' });
    source.write({ 'a.txt': null, 'run.sh': null, 'src/deep/c.txt': null, 'new.txt': 'not committed' });

    const { workspace, copy, read } = await checkout({ holds: 'commit' });

    expect(read('a.txt')).toBe('a');
    expect(read('src/deep/c.txt')).toBe('c');
    expect(statSync(join(workspace, 'run.sh')).mode & 0o777).toBe(0o755);
    expect(readlinkSync(join(workspace, 'link'))).toBe('run.sh');
    expect(existsSync(join(workspace, 'new.txt'))).toBe(false);
    expect(copy.git('status', '--porcelain')).toBe('');
  });

  test('whoever wants large files is told that there are only pointers to them', async () => {
    source.commit({ 'a.txt': 'a' });
    await checkout({ holds: 'commit', inputs: { lfs: 'true' } });
    expect(bench.warnings).toEqual([expect.stringContaining('lfs is true')]);
    await checkout({ holds: 'files', inputs: { lfs: 'true' } });
    expect(bench.warnings).toHaveLength(1);
  });

  test('patterns leave files out', async () => {
    source.commit({ 'a.txt': 'a', 'docs/b.txt': 'b', 'src/c.txt': 'c' });

    const { workspace, copy } = await checkout({ holds: 'commit', inputs: { 'sparse-checkout': 'src' } });

    expect(readdirSync(workspace).sort()).toEqual(['.git', 'a.txt', 'src']);
    expect(copy.git('status', '--porcelain')).toBe('');
  });
});
