import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { saveCache } from '@actions/cache';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRepositoryWithResults, type RepositoryWithResults } from './repository-with-results.ts';

let opened: RepositoryWithResults;

beforeEach(async () => {
  opened = await openRepositoryWithResults();
});
afterEach(() => opened.close());

describe('slipway cache', () => {
  beforeEach(async () => {
    process.chdir(opened.repository.path);
    for (const key of ['npm-1', 'npm-2']) {
      writeFileSync('deps', key);
      await saveCache(['deps'], key);
    }
  });

  it('lists the entries for people and programs', async () => {
    const { status, stdout } = await opened.slipway('cache');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^npm-2 {2}refs\/heads\/main {2}\d+ B {2}used \d{4}-.*\nnpm-1 .*\n$/);
    const [newest] = (await opened.slipway('cache', 'list', '--json')).stdout.split('\n');
    expect(JSON.parse(newest ?? '')).toMatchObject({
      key: 'npm-2',
      ref: 'refs/heads/main',
      repository: 'octo/app',
    });
  });

  it('deletes by key, and everything with --all; the bytes leave the disk', async () => {
    expect((await opened.slipway('cache', 'delete', 'npm-1')).stdout).toMatch(
      /^deleted 1 cache entry, \d+ B\n$/,
    );
    expect((await opened.slipway('cache')).stdout).toMatch(/^npm-2 .*\n$/);
    await opened.slipway('cache', 'delete', '--all');
    expect((await opened.slipway('cache')).stdout).toBe('Nothing is cached.\n');
    const blobs = readdirSync(join(opened.results.directory, 'blobs/sha256'), {
      recursive: true,
      encoding: 'utf8',
    });
    expect(blobs.filter((name) => name.includes('/'))).toEqual([]);
  });

  it('prunes what was not used for some days', async () => {
    expect((await opened.slipway('cache', 'prune')).stdout).toMatch(/^deleted 0 cache entries, 0 B\n/);
    expect((await opened.slipway('cache', 'prune', '--unused-for', '0')).stdout).toMatch(
      /^deleted 2 cache entries/,
    );
  });

  it('refuses what it does not know with what was meant', async () => {
    for (const [args, message, mend] of [
      [['delete', 'npm-3'], "nothing is cached under 'npm-3'", 'Did you mean npm-'],
      [['delete'], 'delete takes a key or --all', 'KEY'],
      [['delete', 'npm-1', '--all'], 'delete takes a key or --all', 'KEY'],
      [['clear'], "cache cannot 'clear'", 'prune'],
      [['prune', '--unused-for', 'long'], '--unused-for long', 'DAYS'],
    ] as const) {
      const result = await opened.slipway('cache', ...args);
      expect(result.status, message).toBe(2);
      expect(result.stderr).toContain(message);
      expect(result.stderr).toContain(mend);
    }
  });
});
