import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rotateLog } from './rotating-log.ts';

let folder: string;
let log: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-log-'));
  log = join(folder, 'output.log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const limits = { maxBytes: 4, kept: 2 };
const textOf = (suffix: string) => readFileSync(`${log}${suffix}`, 'utf8');

test('a log that has become large is moved aside, and the oldest one goes', () => {
  for (const text of ['first', 'second', 'third']) {
    writeFileSync(log, text);
    rotateLog(log, limits);
  }
  expect(['', '.1', '.2'].map(textOf)).toEqual(['', 'third', 'second']);
  writeFileSync(log, 'tiny');
  rotateLog(log, limits);
  expect(textOf('')).toBe('tiny');
});

test('a log that can not be moved aside stays, and nobody has to end for it', () => {
  writeFileSync(`${log}.1`, 'older');
  writeFileSync(log, 'first');
  // What a full disk does: there is no room for the copy.
  mkdirSync(`${log}.0`);
  rotateLog(log, limits);
  expect(['', '.1'].map(textOf)).toEqual(['first', 'older']);
});
