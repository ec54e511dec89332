import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPipeStore } from './pipe-store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-pipes-'));
  mkdirSync(join(folder, 'job'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const store = () => createPipeStore(join(folder, 'store'));
const made = (name: string) => {
  const path = join(folder, 'job', name);
  execFileSync('mkfifo', [path]);
  return path;
};
function names() {
  let count = 0;
  return () => join(folder, 'job', `taken-${count++}`);
}

test('pipes that a job has left are used by the next one, each once', () => {
  store().keep([made('a'), made('b'), made('c')]);
  const nextPath = names();
  const first = store().take(2, nextPath);
  expect(first).toHaveLength(2);
  for (const path of first) expect(statSync(path).isFIFO()).toBe(true);
  expect(store().take(2, nextPath)).toHaveLength(1);
  expect(store().take(2, nextPath)).toEqual([]);
});

test('what is no pipe is not given out', () => {
  mkdirSync(join(folder, 'store'));
  writeFileSync(join(folder, 'store/file'), 'data');
  expect(store().take(1, names())).toEqual([]);
});

test('no more than 64 are kept', () => {
  store().keep(Array.from({ length: 70 }, (_, index) => made(String(index))));
  expect(readdirSync(join(folder, 'store'))).toHaveLength(64);
});
