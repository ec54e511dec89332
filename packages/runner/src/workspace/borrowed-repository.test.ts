import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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
