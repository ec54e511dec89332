import { execFileSync } from 'node:child_process';
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
