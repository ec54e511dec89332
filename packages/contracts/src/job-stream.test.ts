import { expect, test } from 'vitest';
import type { JobEvent } from './job-event.ts';
import { encodeJobEvent, JobStreamDecoder } from './job-stream.ts';

const events: JobEvent[] = [
  { kind: 'job.started', at: 1, executor: 'host' },
  { kind: 'step.started', at: 2, step: 1, name: 'Größe\n"x"', phase: 'main' },
  { kind: 'step.log', step: 1, bytes: Buffer.from('line one\n{"kind":"job.finished"}\n') },
  { kind: 'step.log', step: 1, bytes: Buffer.from([0, 255, 10, 13, 10]) },
  { kind: 'step.finished', at: 3, step: 1, outcome: 'success', conclusion: 'success', durationMs: 1 },
  { kind: 'job.finished', at: 4, conclusion: 'success', outputs: { a: 'b' } },
];

test('a stream cut anywhere gives back the same events, each with the offset where it ends', () => {
  const stream = Buffer.concat(events.map(encodeJobEvent));
  for (const size of [1, 2, 3, 7, 64, stream.length]) {
    const decoder = new JobStreamDecoder();
    const decoded = [];
    for (let at = 0; at < stream.length; at += size)
      decoded.push(...decoder.push(stream.subarray(at, at + size)));
    expect(decoded.map(({ event }) => plain(event))).toEqual(events.map(plain));
    let end = 0;
    expect(decoded.map((one) => one.end)).toEqual(
      events.map((event) => (end += encodeJobEvent(event).length)),
    );
  }
});

test('an event at the end that is not whole yet is kept back', () => {
  const log = encodeJobEvent({ kind: 'step.log', step: 1, bytes: Buffer.from('abcdef\n') });
  const decoder = new JobStreamDecoder(100);
  expect(decoder.push(log.subarray(0, log.length - 2))).toEqual([]);
  expect(decoder.push(log.subarray(log.length - 2))).toMatchObject([{ end: 100 + log.length }]);
});

function plain(event: JobEvent): unknown {
  return event.kind === 'step.log' ? { ...event, bytes: [...event.bytes] } : event;
}
