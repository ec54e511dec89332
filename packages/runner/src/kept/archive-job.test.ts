import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMasker } from '../output/masker.ts';
import { archiveFolder, assessFolder, unpackFolder } from './archive-job.ts';

const secret = 'a-secret-that-nobody-may-know';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-archive-'));
  mkdirSync(join(folder, 'kept/1/work'), { recursive: true });
  writeFileSync(join(folder, 'kept/1.json'), JSON.stringify({ notKept: [] }));
  mkdirSync(join(folder, 'new'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function keptFolder() {
  const masker = createMasker();
  masker.add(secret);
  masker.add('1');
  return {
    directory: join(folder, 'kept'),
    number: 1,
    holdsSecret: masker.isIn,
    signal: new AbortController().signal,
  };
}

async function moved(maxBytes = 10_000_000): Promise<(name: string) => string> {
  const assessed = await assessFolder(keptFolder(), maxBytes);
  if (assessed.kind !== 'good') throw new Error(assessed.kind);
  await unpackFolder(archiveFolder(keptFolder(), assessed.names), join(folder, 'new'));
  return (name) => join(folder, 'new/1', name);
}

test('a folder comes back with modes, links, empty folders and odd names', async () => {
  const at = (name: string): string => join(folder, 'kept/1/work', name);
  writeFileSync(at('run.sh'), '#!/bin/sh\n');
  chmodSync(at('run.sh'), 0o755);
  writeFileSync(at('-odd name\n\u{1f600}'), 'odd');
  mkdirSync(at('empty'));
  symlinkSync('run.sh', at('link'));
  symlinkSync('/nowhere', at('dangling'));
  const inNew = await moved();
  expect(statSync(inNew('work/run.sh')).mode & 0o777).toBe(0o755);
  expect(readFileSync(inNew('work/-odd name\n\u{1f600}'), 'utf8')).toBe('odd');
  expect(statSync(inNew('work/empty')).isDirectory()).toBe(true);
  expect(readlinkSync(inNew('work/link'))).toBe('run.sh');
  expect(readlinkSync(inNew('work/dangling'))).toBe('/nowhere');
});

test('files with a secret are left out and named, wherever it stands in them and however it is encoded', async () => {
  const at = (name: string): string => join(folder, 'kept/1/work', name);
  const large = randomBytes(6 * 1024 ** 2);
  // Across the end of a piece that is read at once.
  large.write(secret, 1024 ** 2 - 5);
  writeFileSync(at('large'), large);
  writeFileSync(at('encoded'), `x${Buffer.from(`user:${secret}`).toString('base64')}y`);
  writeFileSync(at('.npmrc'), `token=${secret}\n`);
  writeFileSync(at('clean'), 'has a 1, which is too short to be looked for');
  const inNew = await moved();
  const record = JSON.parse(readFileSync(join(folder, 'new/1.json'), 'utf8'));
  expect(record.notKept.toSorted()).toEqual(['work/.npmrc', 'work/encoded', 'work/large']);
  expect(execFileSync('ls', ['-A', inNew('work')], { encoding: 'utf8' })).toBe('clean\n');
});

test('pipes are left out, so that nothing waits for who will never write', async () => {
  mkdirSync(join(folder, 'kept/1/_pipes'));
  execFileSync('mkfifo', [join(folder, 'kept/1/_pipes/a'), join(folder, 'kept/1/work/b')]);
  const inNew = await moved();
  expect(execFileSync('find', [inNew('')], { encoding: 'utf8' })).not.toMatch(/_pipes|work\/b/);
});

test('a folder that is too large is not kept', async () => {
  writeFileSync(join(folder, 'kept/1/work/big'), randomBytes(2_000));
  expect(await assessFolder(keptFolder(), 1_999)).toEqual({ kind: 'too-large', sizeBytes: 2_000 });
});

test('an archive that was cut off is refused', async () => {
  writeFileSync(join(folder, 'kept/1/work/big'), randomBytes(300_000));
  const assessed = await assessFolder(keptFolder(), 1_000_000);
  if (assessed.kind !== 'good') throw new Error(assessed.kind);
  const whole: Uint8Array[] = [];
  for await (const piece of archiveFolder(keptFolder(), assessed.names)) whole.push(piece);
  const half = Buffer.concat(whole).subarray(0, 100_000);
  await expect(unpackFolder(toPieces(half), join(folder, 'new'))).rejects.toThrow();
});

test('that tar ends before all is written to it is no mistake', async () => {
  const assessed = await assessFolder(keptFolder(), 1_000_000);
  if (assessed.kind !== 'good') throw new Error(assessed.kind);
  for (let round = 0; round < 20; round += 1) {
    await unpackFolder(slowly(archiveFolder(keptFolder(), assessed.names)), join(folder, 'new'));
  }
});

async function* slowly(pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  for await (const piece of pieces) {
    for (const byte of piece) {
      yield Uint8Array.of(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

async function* toPieces(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
