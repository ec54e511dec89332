import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestRepository, openTestRepository, type TestRepository } from '../git/test-repository.ts';
import { type CheckoutOptions, checkoutWorkingTree } from './checkout-working-tree.ts';

let directory: string;
let source: TestRepository;
let warnings: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'slipway-checkout-'));
  source = createTestRepository(join(directory, 'source'));
  warnings = [];
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function checkout(options: Partial<CheckoutOptions> = {}) {
  const workspace = options.workspace ?? join(directory, 'workspace');
  mkdirSync(workspace, { recursive: true });
  const outputs = await checkoutWorkingTree({
    source: source.root,
    workspace,
    inputs: {},
    repository: 'octo/app',
    ref: 'refs/heads/main',
    log: () => {},
    warn: (message) => warnings.push(message),
    signal: AbortSignal.timeout(60_000),
    ...options,
  });
  return {
    workspace,
    outputs,
    copy: openTestRepository(workspace),
    read: (path: string) => readFileSync(join(workspace, path), 'utf8'),
  };
}

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

describe('git in the workspace', () => {
  test('says what it says in the source', async () => {
    source.commit({ 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c' }, 'First');
    source.git('tag', '-a', 'v1.2.3', '-m', 'Release');
    source.commit({ 'a.txt': 'aa' }, 'Second');
    source.git('branch', 'feature/one');
    source.write({ 'b.txt': 'changed', 'c.txt': null, 'new.txt': 'new' });
    source.git('add', 'new.txt');

    const { copy, outputs } = await checkout();

    expect(outputs).toEqual({ ref: 'refs/heads/main', commit: source.git('rev-parse', 'HEAD') });
    for (const question of [
      ['status', '--porcelain=v2', '--branch'],
      ['log', '--format=%H %s', '--branches', '--tags'],
      ['describe', '--tags'],
      ['diff', 'HEAD'],
      ['rev-parse', '--abbrev-ref', 'HEAD'],
      ['for-each-ref', 'refs/heads', 'refs/tags'],
      ['fsck', '--connectivity-only'],
    ]) {
      expect(copy.git(...question), question.join(' ')).toBe(source.git(...question));
    }
  });

  test('compares no file whose size and time are unchanged, and still sees a change made in the same second', async () => {
    source.commit({ 'a.txt': '1' });
    source.write({ 'a.txt': '2' });

    const { copy } = await checkout();

    expect(copy.git('status', '--porcelain')).toBe(' M a.txt');
  });

  test('commits, tags and branches without touching the source', async () => {
    source.commit({ 'a.txt': 'a' });
    source.git('gc', '--quiet');
    const before = snapshot(source);

    const { copy } = await checkout();
    copy.commit({ 'a.txt': 'in the job' });
    copy.git('tag', 'v9');
    copy.git('checkout', '--quiet', '-b', 'other');
    copy.git('gc', '--quiet', '--prune=now');

    expect(snapshot(source)).toEqual(before);
    expect(copy.git('log', '--format=%s', '-2')).toBe('A change\nA change');
  });

  test('knows the origin of the source, or else the repository by its name', async () => {
    source.commit({ 'a.txt': 'a' });
    const unnamed = await checkout({ workspace: join(directory, 'unnamed') });
    source.git('remote', 'add', 'origin', 'git@example.com:team/it"s.git');
    const named = await checkout({ workspace: join(directory, 'named') });

    expect(unnamed.copy.git('remote', 'get-url', 'origin')).toBe('https://github.com/octo/app');
    expect(named.copy.git('remote', 'get-url', 'origin')).toBe('git@example.com:team/it"s.git');
    expect(named.copy.git('rev-parse', 'origin/main')).toBe(source.git('rev-parse', 'main'));
  });

  test('leaves the remote-tracking branch where the source has it', async () => {
    const pushed = source.commit({ 'a.txt': 'a' });
    source.git('update-ref', 'refs/remotes/origin/main', pushed);
    source.commit({ 'a.txt': 'aa' });
    source.git('pack-refs', '--all');

    const { copy } = await checkout();

    expect(copy.git('rev-list', '--count', 'origin/main..HEAD')).toBe('1');
  });

  test('works for a linked working tree, a detached HEAD, a shallow clone and a sha256 repository', async () => {
    source.commit({ 'a.txt': 'a' });
    source.commit({ 'a.txt': 'aa' });
    source.git('worktree', 'add', '--quiet', '--detach', join(directory, 'linked'), 'HEAD~1');
    source.git('clone', '--quiet', '--depth=1', `file://${source.root}`, join(directory, 'shallow'));
    const sha256 = join(directory, 'sha256');
    source.git('init', '--quiet', '--object-format=sha256', sha256);
    openTestRepository(sha256).commit({ 'a.txt': 'long' });

    for (const name of ['linked', 'shallow', 'sha256']) {
      const root = join(directory, name);
      const { copy, outputs } = await checkout({
        source: root,
        workspace: join(directory, `copy-of-${name}`),
      });
      const original = openTestRepository(root);
      expect(outputs.commit, name).toBe(original.git('rev-parse', 'HEAD'));
      expect(copy.git('status', '--porcelain'), name).toBe('');
      expect(copy.git('log', '--format=%H'), name).toBe(original.git('log', '--format=%H'));
    }
  });

  test('works before the first commit', async () => {
    source.write({ 'a.txt': 'a' });

    const { copy, outputs, read } = await checkout();

    expect(read('a.txt')).toBe('a');
    expect(outputs.commit).toBe('');
    expect(copy.git('status', '--porcelain')).toBe('?? a.txt');
  });

  test('runs none of the hooks of the source', async () => {
    source.commit({ 'a.txt': 'a', 'hooks/pre-commit': '#!/bin/sh\nexit 1\n' });
    chmodSync(join(source.root, 'hooks/pre-commit'), 0o755);
    source.git('config', 'core.hooksPath', 'hooks');

    const { copy } = await checkout();

    expect(copy.commit({ 'a.txt': 'b' })).toMatch(/^[0-9a-f]{40}$/);
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

/** Everything that a job could have changed in a repository. */
function snapshot({ root, git }: TestRepository) {
  return {
    refs: git('for-each-ref'),
    status: git('status', '--porcelain'),
    objects: readdirSync(join(root, '.git', 'objects'), { recursive: true }).sort(),
    config: readFileSync(join(root, '.git', 'config'), 'utf8'),
    index: readFileSync(join(root, '.git', 'index')).toString('hex'),
  };
}
