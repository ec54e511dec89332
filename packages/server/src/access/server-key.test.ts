import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openServerKey } from './server-key.ts';

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'slipway-key-'));
  file = path.join(directory, 'signing.key');
});
afterEach(() => rm(directory, { recursive: true }));

test('servers that start for the first time at once have one key, and it stays', async () => {
  const keys = await Promise.all(Array.from({ length: 20 }, () => openServerKey(directory)));
  expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(1);
  expect(await openServerKey(directory)).toEqual(keys[0]);
  expect(await readdir(directory)).toEqual(['signing.key']);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('a key that cannot be read is said, and not replaced', async () => {
  await mkdir(file);
  await expect(openServerKey(directory)).rejects.toMatchObject({ code: 'EISDIR' });
});

test('a file that is no key is said, and not replaced', async () => {
  await writeFile(file, 'short');
  await expect(openServerKey(directory)).rejects.toThrow(/signing\.key is no key of 32 bytes/);
});
