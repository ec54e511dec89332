import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Digest } from '@slipway/delivery';
import { packTar, type TarEntry } from 'modern-tar';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createBundleStore } from './bundle-store.ts';
import { createBundle } from './create-bundle.ts';
import { unpackBundle } from './unpack-bundle.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-bundle-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function product(name: string): string {
  const directory = join(folder, name);
  mkdirSync(join(directory, 'bin/deep'), { recursive: true });
  writeFileSync(join(directory, 'bin/deep/start'), '#!/bin/sh\necho started\n', { mode: 0o755 });
  writeFileSync(join(directory, 'read.me'), 'text');
  symlinkSync('deep/start', join(directory, 'bin/start'));
  return directory;
}

test('the same folder gives the same bundle, whenever and wherever it is packed', async () => {
  const [one, other] = [product('one'), product('other')];
  utimesSync(join(other, 'read.me'), new Date(5e11), new Date(5e11));
  const first = await createBundle({ directory: one, output: join(folder, 'one.tgz') });
  const second = await createBundle({ directory: other, output: join(folder, 'other.tgz') });
  expect(second).toEqual(first);
  expect(first).toMatchObject({ files: 3, sizeBytes: statSync(join(folder, 'one.tgz')).size });
  writeFileSync(join(other, 'read.me'), 'texT');
  expect((await createBundle({ directory: other, output: join(folder, 'x.tgz') })).digest).not.toBe(
    first.digest,
  );
});

test('a bundle is unpacked once, as it was packed', async () => {
  const output = join(folder, 'bundle.tgz');
  const { digest } = await createBundle({ directory: product('product'), output });
  let fetched = 0;
  const store = createBundleStore(join(folder, 'store'), async () => {
    fetched++;
    return createReadStream(output);
  });
  const [place] = await Promise.all([store.open(digest), store.open(digest)]);
  await store.open(digest);
  expect(fetched).toBe(1);
  expect(readFileSync(join(place!, 'read.me'), 'utf8')).toBe('text');
  expect(execFileSync(join(place!, 'bin/start'), { encoding: 'utf8' })).toBe('started\n');
});

test('a bundle whose bytes are others than its digest says is refused, and nothing of it stays', async () => {
  const output = join(folder, 'bundle.tgz');
  await createBundle({ directory: product('product'), output });
  const store = createBundleStore(join(folder, 'store'), async () => createReadStream(output));
  const wrong: Digest = `sha256:${'0'.repeat(64)}`;
  await expect(store.open(wrong)).rejects.toThrow(/digest is sha256:.* and not sha256:0000/);
  await expect(store.open(wrong)).rejects.toThrow(/digest/);
});

test('what is not in use is pruned, but for the last ones', async () => {
  const outputs = new Map<Digest, string>();
  for (const name of ['a', 'b', 'c']) {
    const directory = product(name);
    writeFileSync(join(directory, 'name'), name);
    const output = join(folder, `${name}.tgz`);
    outputs.set((await createBundle({ directory, output })).digest, output);
  }
  const store = createBundleStore(join(folder, 'store'), async (digest) =>
    createReadStream(outputs.get(digest)!),
  );
  const [a, b, c] = [...outputs.keys()] as [Digest, Digest, Digest];
  const places = [await store.open(a), await store.open(b), await store.open(c)];
  for (const [i, place] of places.entries()) utimesSync(place, new Date(i * 1000), new Date(i * 1000));
  await store.prune(new Set([a]), 1);
  expect(places.map((place) => statSync(place, { throwIfNoEntry: false }) !== undefined)).toEqual([
    true,
    false,
    true,
  ]);
});

test('a bundle that is pruned is never half there, and what a killed process has left goes too', async () => {
  const output = join(folder, 'bundle.tgz');
  const directory = product('product');
  for (let i = 0; i < 500; i++) writeFileSync(join(directory, `file-${i}`), '');
  const { digest } = await createBundle({ directory, output });
  const store = createBundleStore(join(folder, 'store'), async () => createReadStream(output));
  const place = await store.open(digest);
  const whole = readdirSync(place).length;
  for (const [name, at] of [
    ['gone-1', new Date()],
    ['draft-old', new Date(0)],
    ['draft-new', new Date()],
  ] as const) {
    mkdirSync(join(folder, 'store', name));
    utimesSync(join(folder, 'store', name), at, at);
  }
  let isOver = false;
  const pruned = store.prune(new Set(), 0).finally(() => {
    isOver = true;
  });
  while (!isOver) {
    if (existsSync(place)) expect(readdirSync(place)).toHaveLength(whole);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await pruned;
  expect(readdirSync(join(folder, 'store'))).toEqual(['draft-new']);
});

describe('a link that leads outside is refused', () => {
  test.each(['/etc/passwd', '../../outside', 'deep/../../../outside'])('%s', async (link) => {
    const directory = product('product');
    symlinkSync(link, join(directory, 'bin/out'));
    await expect(createBundle({ directory, output: join(folder, 'x.tgz') })).rejects.toThrow(
      /outside of the folder/,
    );
  });
});

describe('an archive that is no bundle is refused', () => {
  const file = (name: string): TarEntry => ({ header: { name, size: 1 }, body: 'x' });
  const link = (name: string, linkname: string): TarEntry => ({
    header: { name, size: 0, type: 'symlink', linkname },
  });
  test.each<[string, TarEntry[], RegExp]>([
    ['a name with ..', [file('a/../../x')], /outside/],
    ['an absolute name', [file('/x')], /outside/],
    ['a link to an absolute path', [link('l', '/etc')], /outside/],
    ['a link that climbs out', [link('a/l', '../../x')], /outside/],
    ['a file behind a link', [link('l', 'd'), file('l/x')], /behind a link/],
    ['a file in place of a link', [link('l', 'd'), file('l')], /behind a link/],
    ['a hard link', [file('a'), { header: { name: 'b', size: 0, type: 'link', linkname: 'a' } }], /neither/],
    ['a device', [{ header: { name: 'b', size: 0, type: 'character-device' } }], /neither/],
    ['too many files', [file('a'), file('b'), file('c'), file('d')], /more than 3 files/],
    ['too many bytes', [{ header: { name: 'a', size: 99 }, body: 'x'.repeat(99) }], /more than 50 bytes/],
  ])('%s', async (_, entries, message) => {
    const bytes = gzipSync(await packTar(entries));
    const digest: Digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    const directory = join(folder, 'unpacked');
    mkdirSync(directory);
    const limits = { maxBytes: 50, maxFiles: 3 };
    const unpacking = unpackBundle({
      bytes: (async function* () {
        yield bytes;
      })(),
      digest,
      directory,
      limits,
    });
    await expect(unpacking).rejects.toThrow(message);
  });
});
