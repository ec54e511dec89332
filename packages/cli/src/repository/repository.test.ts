import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createModelCache } from '../workflows/model-cache.ts';
import { readChangedPaths } from './changed-paths.ts';
import { readGitFiles, repositoryOfUrl } from './git-files.ts';
import { readGitHead } from './git-head.ts';
import { findRepositoryRoot } from './repository-root.ts';

describe('what git says about a repository', () => {
  let folder: string;
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-git-')));
    git('init', '--quiet', '--initial-branch=main');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function git(...args: string[]): string {
    const person = [
      '-c',
      'user.name=Ann Author',
      '-c',
      'user.email=ann@example.com',
      '-c',
      'commit.gpgsign=false',
    ];
    return execFileSync('git', [...person, ...args], { cwd: folder, encoding: 'utf8' }).trim();
  }

  const head = () => {
    const cache = createModelCache(join(folder, '.git/cache'), 'test');
    return readGitHead(folder, { files: readGitFiles(folder), cache });
  };

  function commit(message: string, files: Record<string, string>): string {
    for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
    git('add', '--all');
    git('commit', '--quiet', `--message=${message}`);
    return git('rev-parse', 'HEAD');
  }

  it('has no head before the first commit', async () => {
    expect(await head()).toBeNull();
  });

  it('tells commit, branch, people and the whole message, the second time without git', async () => {
    const first = commit('one', { a: '1' });
    const second = commit('two\n\nwith a body, and "quotes"', { a: '2' });
    const found = await head();
    expect(found).toMatchObject({ sha: second, parents: [first], branch: 'main' });
    expect(found?.message).toBe('two\n\nwith a body, and "quotes"');
    expect(found?.author).toMatchObject({ name: 'Ann Author', email: 'ann@example.com' });
    rmSync(join(folder, '.git/objects'), { recursive: true });
    expect(await head()).toEqual(found);
  });

  it('knows a commit by its sha, wherever the ref is kept', async () => {
    commit('one', { a: '1' });
    await head();
    const sha = commit('two', { a: '2' });
    git('pack-refs', '--all');
    expect(await head()).toMatchObject({ sha, message: 'two' });
  });

  it('has no branch when the head is detached, and the tags on the commit', async () => {
    commit('one', { a: '1' });
    git('tag', 'v1.0');
    git('checkout', '--quiet', '--detach');
    expect(await head()).toMatchObject({ branch: null, tags: ['refs/tags/v1.0'] });
    expect([readGitFiles(folder).hasTag('v1.0'), readGitFiles(folder).hasTag('v2.0')]).toEqual([true, false]);
  });

  it('lists what a commit of everything would change: committed, changed, deleted and untracked files', async () => {
    commit('one', { kept: '1', changed: '1', deleted: '1', '.gitignore': 'ignored' });
    commit('two', { committed: '1' });
    writeFileSync(join(folder, 'changed'), '2');
    writeFileSync(join(folder, 'ünträcked file'), '1');
    writeFileSync(join(folder, 'ignored'), '1');
    rmSync(join(folder, 'deleted'));
    const paths = await readChangedPaths(folder, { kind: 'push' });
    expect(paths.sort()).toEqual(['changed', 'committed', 'deleted', 'ünträcked file']);
  });

  it('lists everything in a repository of one commit, and from its upstream on where a branch has one', async () => {
    commit('one', { a: '1' });
    expect(await readChangedPaths(folder, { kind: 'push' })).toEqual(['a']);
    git('branch', 'pushed');
    git('branch', '--quiet', '--set-upstream-to=pushed');
    commit('two', { b: '1' });
    commit('three', { c: '1' });
    expect(await readChangedPaths(folder, { kind: 'push' })).toEqual(['b', 'c']);
  });

  it('lists for a pull request only what changed since the branches parted', async () => {
    commit('base', { a: '1' });
    git('branch', 'topic');
    commit('main goes on', { onMain: '1' });
    git('checkout', '--quiet', 'topic');
    commit('topic', { onTopic: '1' });
    expect(await readChangedPaths(folder, { kind: 'pull-request', into: 'main' })).toEqual(['onTopic']);
  });

  it('finds the remote and its default branch without git, in worktrees too', () => {
    commit('one', { a: '1' });
    git('remote', 'add', 'upstream', 'https://example.com/other/thing');
    git('remote', 'add', 'origin', 'git@example.com:octo/app.git');
    git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/trunk');
    git('worktree', 'add', '--quiet', 'tree');
    const expected = { originUrl: 'git@example.com:octo/app.git', defaultBranch: 'trunk' };
    expect(readGitFiles(folder)).toMatchObject({ ...expected, checkedOut: { branch: 'main' } });
    expect(readGitFiles(join(folder, 'tree'))).toMatchObject({ ...expected, checkedOut: { branch: 'tree' } });
  });

  it('is found from any folder below its root', () => {
    mkdirSync(join(folder, 'a/b'), { recursive: true });
    expect(findRepositoryRoot(join(folder, 'a/b'))).toBe(folder);
  });

  it.each([
    ['https://github.com/octo/app.git', 'octo/app'],
    ['https://github.com/octo/app', 'octo/app'],
    ['git@github.com:octo/my.app.git', 'octo/my.app'],
    ['ssh://git@host:22/octo/app/', 'octo/app'],
    ['/srv/git/app.git', null],
  ])('is called after its URL: %s → %s', (url, name) => {
    expect(repositoryOfUrl(url)).toBe(name);
  });
});
