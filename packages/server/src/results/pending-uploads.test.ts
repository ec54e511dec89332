import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type BlobStore, openFileBlobStore } from '../blobs/blob-store.ts';
import { createPendingUploads, type PendingUpload, type PendingUploads } from './pending-uploads.ts';

const minuteMs = 60_000;
const clock = { now: 0 };
let folder: string;
let blobs: BlobStore;
/** Two servers that share a folder. */
let one: PendingUploads;
let two: PendingUploads;

beforeEach(async () => {
  clock.now = Date.now();
  folder = mkdtempSync(join(tmpdir(), 'slipway-uploads-'));
  blobs = await openFileBlobStore(folder);
  [one, two] = [
    createPendingUploads(blobs, () => clock.now, 'servers'),
    createPendingUploads(blobs, () => clock.now, 'servers'),
  ];
});
afterEach(async () => {
  await one.close();
  await two.close();
  rmSync(folder, { recursive: true, force: true });
});

function begin(uploads: PendingUploads, change: { replace?: boolean; maxSizeBytes?: number } = {}) {
  const details = { purpose: 'a thing', mimeType: 'text/plain', expiresAt: 7, notes: { key: 'k' } };
  return uploads.begin(details, { maxSizeBytes: 1_000, replace: true, ...change });
}

function put({ upload }: PendingUpload, id: string, text: string): Promise<void> {
  return upload.putBlock(id, Readable.from([Buffer.from(text)]), text.length);
}

/** Ends an upload of which so much was announced. */
async function take(uploads: PendingUploads, pending: PendingUpload, expected: string): Promise<void> {
  expect(readFileSync(await uploads.take(pending, expected.length), 'utf8')).toBe(expected);
}

test('blocks that came to several servers become one blob, wherever it is committed and finished', async () => {
  const { id } = await begin(one);
  await put(await one.get(id), 'a', 'first ');
  await put(await two.get(id), 'b', 'second ');
  await put(await one.get(id), 'c', 'third');
  await put(await two.get(id), 'd', 'left out');
  await (await two.get(id)).upload.commitBlocks(['b', 'a', 'c']);
  expect(await one.of('a thing')).toMatchObject({
    id,
    mimeType: 'text/plain',
    expiresAt: 7,
    notes: { key: 'k' },
  });
  await take(one, await one.of('a thing'), 'second first third');
  await expect(two.get(id)).rejects.toMatchObject({ code: 'not_found' });
  await expect(two.of('a thing')).rejects.toMatchObject({ code: 'not_found' });
});

test('a list that is committed again, because its answer was lost, changes nothing', async () => {
  const { id } = await begin(one);
  await put(await one.get(id), 'a', 'all');
  await (await one.get(id)).upload.commitBlocks(['a']);
  await (await one.get(id)).upload.commitBlocks(['a']);
  await (await two.get(id)).upload.commitBlocks(['a']);
  await expect((await two.get(id)).upload.commitBlocks(['a', 'b'])).rejects.toThrow('block');
  await take(two, await two.get(id), 'all');
});

test('a blob that is sent whole again is the last that was sent', async () => {
  const pending = await begin(one);
  for (const text of ['once', 'twice']) {
    await put(pending, 'whole', text);
    await pending.upload.commitBlocks(['whole']);
  }
  await take(one, pending, 'twice');
});

test('ranges come together from several servers', async () => {
  const { id } = await begin(one);
  const range = async (uploads: PendingUploads, offset: number, text: string) =>
    (await uploads.get(id)).upload.putRange(offset, Readable.from([Buffer.from(text)]), text.length);
  await range(two, 6, 'world');
  await range(one, 0, 'hello ');
  await take(two, await two.get(id), 'hello world');
});

test('one upload at a time makes a thing: another takes its place, or waits until it is dead', async () => {
  const first = await begin(one);
  await expect(begin(two, { replace: false })).rejects.toMatchObject({ code: 'already_exists' });
  clock.now += 4 * minuteMs;
  await one.get(first.id);
  clock.now += 4 * minuteMs;
  await expect(begin(two, { replace: false })).rejects.toMatchObject({ code: 'already_exists' });
  clock.now += 2 * minuteMs;
  const second = await begin(two, { replace: false });
  await expect(one.get(first.id)).rejects.toMatchObject({ code: 'not_found' });
  const third = await begin(one);
  await expect(two.get(second.id)).rejects.toMatchObject({ code: 'not_found' });
  expect(await two.of('a thing')).toMatchObject({ id: third.id });
});

test('what a process that was killed was making, the next one may make at once', async () => {
  const [killed, next] = [
    createPendingUploads(blobs, () => clock.now),
    createPendingUploads(blobs, () => clock.now),
  ];
  await begin(killed, { replace: false });
  expect(await begin(next, { replace: false })).toMatchObject({ purpose: 'a thing' });
});

test('of many that begin to make a thing at once one does', async () => {
  const begins = Array.from({ length: 10 }, (_, index) =>
    begin(index % 2 === 0 ? one : two, { replace: false }),
  );
  const ends = await Promise.allSettled(begins);
  expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(readdirSync(blobs.stagingDirectory())).toHaveLength(2);
});

test('an upload goes on after its server has ended, and of two that finish it one has it', async () => {
  const { id } = await begin(one);
  await put(await one.get(id), 'a', 'kept');
  await one.close();
  const again = createPendingUploads(blobs, () => clock.now, 'server');
  await (await again.get(id)).upload.commitBlocks(['a']);
  const [here, there] = [await again.get(id), await two.get(id)];
  const ends = await Promise.allSettled([again.take(here, 4), two.take(there, 4)]);
  expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
});

test('of an upload of which another size was announced nothing is left', async () => {
  const pending = await begin(one);
  await put(pending, 'a', 'half');
  await pending.upload.commitBlocks(['a']);
  await expect(one.take(pending, 8)).rejects.toMatchObject({
    code: 'invalid_argument',
    message: '4 bytes arrived of the 8 that were announced',
  });
  expect(readdirSync(blobs.stagingDirectory())).toEqual([]);
});

test('what is too large, unknown or no name is refused, and what was begun here can be discarded', async () => {
  const pending = await begin(one, { maxSizeBytes: 5 });
  await expect(put(pending, 'a', 'longer')).rejects.toThrow('larger');
  await put(pending, 'a', 'abc');
  await put(await two.get(pending.id), 'b', 'def');
  await expect(pending.upload.commitBlocks(['a', 'b'])).rejects.toThrow('larger');
  for (const id of ['nothing', '../uploads', '']) {
    await expect(one.get(id)).rejects.toMatchObject({ code: 'not_found' });
  }
  await two.discardAll();
  expect(await one.get(pending.id)).toMatchObject({ id: pending.id });
  await one.discardAll();
  expect(readdirSync(blobs.stagingDirectory())).toEqual([]);
});
