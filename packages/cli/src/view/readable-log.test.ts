import { expect, test } from 'vitest';
import { readableLog } from './readable-log.ts';

const log = '##[group]Run make\n\x1b[36;1mmake\x1b[0m\n##[endgroup]\n##[error]no rule – nö\nlast';

test('wherever a log is cut into pieces, it reads the same', () => {
  const bytes = Buffer.from(log);
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const reading = readableLog(false);
    const read = [reading.take(bytes.subarray(0, cut)), reading.take(bytes.subarray(cut)), reading.end()];
    expect(Buffer.concat(read).toString()).toBe('Run make\n  make\nError: no rule – nö\nlast');
  }
});

test('a terminal gets no control sequence that a cut has hidden', () => {
  const reading = readableLog(true);
  const read = [reading.take(Buffer.from('a\x1b]0;ti')), reading.take(Buffer.from('tle\x07b\n'))];
  expect(Buffer.concat(read).toString()).toBe('ab\n');
});

test('a line without end is not kept back for ever', () => {
  const reading = readableLog(false);
  expect(reading.take(Buffer.alloc(70_000, '.')).length).toBe(70_000);
});
