import { expect, test } from 'vitest';
import { closedAt } from './closed-at.ts';
import type { ClosedWindow, PeakHours } from './window.ts';
import { momentOf, zonedTime } from './zoned-time.ts';

const at = (text: string) => Date.parse(text);
const office: PeakHours = {
  kind: 'peak-hours',
  weekdays: [1, 2, 3, 4, 5],
  fromMinute: 9 * 60,
  untilMinute: 17 * 60,
  timeZone: 'Europe/Berlin',
};
const night: PeakHours = { ...office, weekdays: [5], fromMinute: 22 * 60, untilMinute: 2 * 60 };
const endAt = (windows: ClosedWindow[], text: string, urgent = false) => {
  const closure = closedAt(windows, { atMs: at(text), urgent });
  return closure && new Date(closure.untilMs).toISOString();
};

test('peak hours are those of the zone, in summer and in winter', () => {
  expect(endAt([office], '2026-07-01T07:00:00Z')).toBe('2026-07-01T15:00:00.000Z');
  expect(endAt([office], '2026-07-01T06:59:59Z')).toBeUndefined();
  expect(endAt([office], '2026-01-07T07:00:00Z')).toBeUndefined();
  expect(endAt([office], '2026-01-07T15:59:59Z')).toBe('2026-01-07T16:00:00.000Z');
  expect(endAt([office], '2026-01-07T16:00:00Z')).toBeUndefined();
});

test('peak hours hold on their weekdays only', () => {
  expect(endAt([office], '2026-07-04T10:00:00Z')).toBeUndefined();
});

test('hours past midnight end on the next day, whatever weekday that is', () => {
  expect(endAt([night], '2026-07-03T23:30:00Z')).toBe('2026-07-04T00:00:00.000Z');
  expect(endAt([night], '2026-07-02T23:30:00Z')).toBeUndefined();
  expect(endAt([night], '2026-07-04T21:00:00Z')).toBeUndefined();
});

test('an urgent deployment passes peak hours and no freeze', () => {
  const freeze: ClosedWindow = {
    kind: 'freeze',
    fromMs: at('2026-12-20T00:00:00Z'),
    untilMs: at('2027-01-03T00:00:00Z'),
    reason: 'Holidays',
  };
  expect(endAt([office], '2026-07-01T10:00:00Z', true)).toBeUndefined();
  expect(endAt([freeze, office], '2026-12-21T10:00:00Z', true)).toBe('2027-01-03T00:00:00.000Z');
  expect(endAt([office, freeze], '2026-12-21T10:00:00Z')).toBe('2027-01-03T00:00:00.000Z');
});

test('a time that the clocks leap over is the moment they leap, one that comes twice is the first', () => {
  const iso = (ms: number) => new Date(ms).toISOString();
  expect(iso(momentOf('2026-03-29', 2 * 60 + 30, 'Europe/Berlin'))).toBe('2026-03-29T01:00:00.000Z');
  expect(iso(momentOf('2026-10-25', 2 * 60 + 30, 'Europe/Berlin'))).toBe('2026-10-25T00:30:00.000Z');
  expect(iso(momentOf('2026-07-01', 0, 'Pacific/Auckland'))).toBe('2026-06-30T12:00:00.000Z');
});

test('a moment is read by the clock of the zone', () => {
  expect(zonedTime(at('2026-07-01T23:30:00Z'), 'Asia/Kolkata')).toEqual({
    weekday: 4,
    minuteOfDay: 5 * 60,
    date: '2026-07-02',
  });
});
