import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bringsMerges, commitsBetween, mergeTree, rebaseCommits } from './merge-commits.ts';

let directory: string;
const committer = { name: 'Merger', email: 'merger@example.com' };
const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=Octo', '-c', 'user.email=octo@example.com', ...args], {
    cwd: directory,
    encoding: 'utf8',
  }).trim();
const commit = (file: string, content: string): string => {
  writeFileSync(path.join(directory, file), content);
  git('add', '--all');
  git('commit', '--quiet', '-m', `change ${file}\n\nwith a body`);
  return git('rev-parse', 'HEAD');
};

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'slipway-merge-'));
  git('init', '--quiet', '--initial-branch=main');
  commit('shared.txt', '1\n2\n3\n');
  git('branch', 'topic');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Main went on, and topic has two commits. */
function parted(): { base: string; head: string } {
  const base = commit('shared.txt', '1\n2\nthree\n');
  git('switch', '--quiet', 'topic');
  commit('a.txt', 'a');
  const head = commit('shared.txt', 'one\n2\n3\n');
  return { base, head };
}

test('a rebase puts each commit on the base, by its author, and leaves what a merge gives', async () => {
  const branches = parted();
  const tip = await rebaseCommits(directory, branches, committer);
  expect(
    git('log', '--format=%s|%an|%cn|%b', `${branches.base}..${tip}`)
      .split('\n')
      .filter((line) => line !== ''),
  ).toEqual(['change shared.txt|Octo|Merger|with a body', 'change a.txt|Octo|Merger|with a body']);
  expect(git('show', `${tip}:shared.txt`)).toBe('one\n2\nthree');
  expect(git('rev-parse', `${tip}^{tree}`)).toBe(await mergeTree(directory, branches));
  expect(git('rev-list', '--merges', tip)).toBe('');
});

test('commits that are on top of the base already stay what they are', async () => {
  const base = git('rev-parse', 'main');
  git('switch', '--quiet', 'topic');
  const head = commit('a.txt', 'a');
  expect(await rebaseCommits(directory, { base, head }, committer)).toBe(head);
});

test('a change that the base has already is left out', async () => {
  git('switch', '--quiet', 'topic');
  const shared = commit('a.txt', 'a');
  const head = commit('b.txt', 'b');
  git('switch', '--quiet', 'main');
  commit('main.txt', 'main');
  git('cherry-pick', shared);
  const base = git('rev-parse', 'main');
  const tip = await rebaseCommits(directory, { base, head }, committer);
  expect(git('log', '--format=%s', `${base}..${tip}`)).toBe('change b.txt');
});

test('a conflict changes nothing and is said with the commit', async () => {
  commit('shared.txt', 'main\n');
  const base = git('rev-parse', 'main');
  git('switch', '--quiet', 'topic');
  const head = commit('shared.txt', 'topic\n');
  expect(await mergeTree(directory, { base, head })).toBeNull();
  await expect(rebaseCommits(directory, { base, head }, committer)).rejects.toMatchObject({
    code: 'merge-conflict',
    message: expect.stringContaining('change shared.txt'),
  });
});

test('merges on the way are left out, and are seen', async () => {
  const { base, head: before } = parted();
  git('merge', '--quiet', '--no-ff', '-m', 'merge', base);
  const head = commit('late.txt', 'late');
  expect(await bringsMerges(directory, { base, head })).toBe(true);
  expect(await bringsMerges(directory, { base, head: before })).toBe(false);
  expect(await commitsBetween(directory, { base, head })).toHaveLength(3);
  const tip = await rebaseCommits(directory, { base, head }, committer);
  expect(git('rev-list', '--merges', tip)).toBe('');
  expect(git('rev-parse', `${tip}^{tree}`)).toBe(git('rev-parse', `${head}^{tree}`));
});
