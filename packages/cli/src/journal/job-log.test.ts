import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { JobLog, LogReader } from './job-log.ts';

let folder: string;
let log: JobLog;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-job-log-'));
  log = new JobLog(join(folder, 'a.log'));
});
afterEach(() => {
  log.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Lines that differ, so that nothing can be at a wrong place unseen. */
function lines(from: number, count: number): Buffer {
  return Buffer.from(Array.from({ length: count }, (_, index) => `line ${from + index}\n`).join(''));
}

function readAll(reader: LogReader): string {
  const parts: Buffer[] = [];
  while (!reader.isAtEnd) parts.push(Buffer.from(reader.read(64 * 1024)));
  return Buffer.concat(parts).toString();
}

it('small and large parts are in the file in their order when it is closed', async () => {
  const expected: Buffer[] = [];
  for (let part = 0; part < 60; part += 1) {
    const bytes = lines(part * 100_000, part % 3 === 0 ? 3 : 40_000);
    log.append(bytes);
    expected.push(bytes);
    log.forget();
    if (part % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  log.close();
  expect(readFileSync(log.path).equals(Buffer.concat(expected))).toBe(true);
});

it('memory that was lent may be written to again after `forget`', () => {
  const reader = new LogReader(log);
  const lent = Buffer.alloc(300_000, 'a\n');
  log.append(lent);
  log.forget();
  lent.fill('b');
  expect(readAll(reader)).toBe('a\n'.repeat(150_000));
  reader.close();
});

it('who reads along gets what is in memory, who is late what is in the file', () => {
  const along = new LogReader(log);
  const late = new LogReader(log);
  let read = '';
  for (let part = 0; part < 5; part += 1) {
    log.append(lines(part * 30_000, 30_000));
    read += readAll(along);
    log.forget();
  }
  expect(read).toBe(lines(0, 150_000).toString());
  expect(readAll(late)).toBe(read);
  for (const reader of [along, late]) reader.close();
});
