import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { restoreCache, saveCache } from '@actions/cache';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defaultScope, openResults, type ResultsFixture } from './results-fixture.ts';

let results: ResultsFixture;
let folder: string;
const startedIn = process.cwd();

beforeEach(async () => {
  results = await openResults();
  folder = mkdtempSync(path.join(results.directory, 'project-'));
  process.chdir(folder);
});
afterEach(async () => {
  process.chdir(startedIn);
  await results.close();
});

test.each([1, 2] as const)(
  'a folder saved through protocol v%i comes back as it was',
  async (cacheVersion) => {
    await results.actAs({}, { cacheVersion });
    const content = randomBytes(2_000_000);
    writeFolder('deps', content);
    expect(await saveCache(['deps'], 'npm-abc')).toBeGreaterThan(0);
    rmSync('deps', { recursive: true });
    expect(await restoreCache(['deps'], 'npm-abc')).toBe('npm-abc');
    expect(readFileSync('deps/file').equals(content)).toBe(true);
  },
);

test('the newest entry whose key starts with a restore key is taken, the exact key before it', async () => {
  await results.actAs();
  for (const key of ['npm-1', 'npm-2', 'npm']) {
    writeFolder('deps', Buffer.from(key));
    await saveCache(['deps'], key);
  }
  expect(await restoreCache(['deps'], 'npm')).toBe('npm');
  expect(await restoreCache(['deps'], 'npm-3', ['yarn-', 'npm-'])).toBe('npm-2');
  expect(await restoreCache(['deps'], 'other', ['yarn-'])).toBeUndefined();
});

test('entries of other paths never match: the version differs', async () => {
  await results.actAs();
  writeFolder('deps', Buffer.from('x'));
  await saveCache(['deps'], 'key');
  expect(await restoreCache(['elsewhere'], 'key')).toBeUndefined();
});

test('a branch reads its own caches and those of the default branch, never a sibling’s', async () => {
  writeFolder('deps', Buffer.from('main'));
  await results.actAs();
  await saveCache(['deps'], 'shared');
  await results.actAs({ ref: 'refs/heads/one', readableRefs: ['refs/heads/main'] });
  writeFolder('deps', Buffer.from('one'));
  await saveCache(['deps'], 'only-one');
  await results.actAs({ ref: 'refs/heads/two', readableRefs: ['refs/heads/main'] });
  expect(await restoreCache(['deps'], 'only-one')).toBeUndefined();
  expect(await restoreCache(['deps'], 'shared')).toBe('shared');
  expect(readFileSync('deps/file', 'utf8')).toBe('main');
});

test('another repository’s caches are out of reach', async () => {
  writeFolder('deps', Buffer.from('x'));
  await results.actAs();
  await saveCache(['deps'], 'key');
  await results.actAs({ repository: 'octo/other' });
  expect(await restoreCache(['deps'], 'key')).toBeUndefined();
});

test.each([1, 2] as const)(
  'an entry is never changed: saving its key again through v%i is refused',
  async (cacheVersion) => {
    await results.actAs({}, { cacheVersion });
    writeFolder('deps', Buffer.from('first'));
    expect(await saveCache(['deps'], 'key')).toBeGreaterThan(0);
    writeFolder('deps', Buffer.from('second'));
    expect(await saveCache(['deps'], 'key')).toBe(-1);
    await restoreCache(['deps'], 'key');
    expect(readFileSync('deps/file', 'utf8')).toBe('first');
  },
);

test('of two jobs that save one key at once, one wins and the entry is whole', async () => {
  await results.actAs();
  writeFolder('deps', randomBytes(5_000_000));
  const saved = await Promise.all([saveCache(['deps'], 'race'), saveCache(['deps'], 'race')]);
  expect(saved.filter((id) => id > 0)).toHaveLength(1);
  const content = readFileSync('deps/file');
  rmSync('deps', { recursive: true });
  expect(await restoreCache(['deps'], 'race')).toBe('race');
  expect(readFileSync('deps/file').equals(content)).toBe(true);
});

test('a read-only job restores but its save is refused by the server, whatever the client thinks', async () => {
  writeFolder('deps', Buffer.from('trusted'));
  await results.actAs();
  await saveCache(['deps'], 'key');
  await results.actAs({ cacheMode: 'read' });
  expect(await saveCache(['deps'], 'poison')).toBe(-1);
  expect(await restoreCache(['deps'], 'key')).toBe('key');
  await results.actAs();
  expect(await restoreCache(['deps'], 'poison')).toBeUndefined();
});

test('the least recently used entries go when the repository is over its quota', async () => {
  await results.close();
  let now = Date.now();
  results = await openResults({
    now: () => now,
    limits: { cacheLimits: { maxBytesPerRepository: 250_000, maxUnusedMs: 1e12 } },
  });
  await results.actAs();
  folder = mkdtempSync(path.join(results.directory, 'project-'));
  process.chdir(folder);
  for (const key of ['a', 'b']) {
    now += 1000;
    writeFolder('deps', randomBytes(100_000));
    await saveCache(['deps'], key);
  }
  now += 1000;
  expect(await restoreCache(['deps'], 'a')).toBe('a');
  writeFolder('deps', randomBytes(100_000));
  now += 1000;
  await saveCache(['deps'], 'c');
  expect(await restoreCache(['deps'], 'a')).toBe('a');
  expect(await restoreCache(['deps'], 'b')).toBeUndefined();
  expect(await restoreCache(['deps'], 'c')).toBe('c');
});

test('entries outlive the server', async () => {
  await results.actAs();
  writeFolder('deps', Buffer.from('kept'));
  await saveCache(['deps'], 'key');
  await results.server.close();
  results = await openResults({ directory: results.directory });
  await results.actAs();
  expect(await restoreCache(['deps'], 'key')).toBe('key');
});

test('a token of another server is worth nothing', async () => {
  const other = await openResults();
  const token = await other.server.tokenFor(defaultScope);
  const answer = await fetch(`${results.server.url}_apis/artifactcache/cache?keys=a&version=b`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(answer.status).toBe(401);
  await other.close();
});

function writeFolder(name: string, content: Buffer): void {
  mkdirSync(name, { recursive: true });
  writeFileSync(path.join(name, 'file'), content);
}
