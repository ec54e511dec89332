import type { ClosedWindow } from '../windows/window.ts';
import { isTimeZone, momentOf } from '../windows/zoned-time.ts';
import { mapped, mapping, optional, parsed, required, type Schema, text } from './schema.ts';
import { readHours, readWallTime, readWeekdays } from './value-forms.ts';

const timeZone = parsed((name) => (isTimeZone(name) ? name : undefined), '`Europe/Berlin`, an IANA name');
const wallTime = parsed(readWallTime, '`2026-12-20` or `2026-12-20T18:00`');

/** One entry of `freeze`. Times are read by the clock of `time-zone`, default UTC. */
export function freezeMapping(): Schema<ClosedWindow> {
  const written = mapping({
    from: required(wallTime),
    until: required(wallTime),
    'time-zone': optional(timeZone, 'UTC'),
    reason: optional(text, 'Freeze'),
  });
  return (place, reading) => {
    const value = written(place, reading);
    if (!value) return undefined;
    const [fromMs, untilMs] = [value.from, value.until].map(({ date, minuteOfDay }) =>
      momentOf(date, minuteOfDay, value['time-zone']),
    );
    if (fromMs !== undefined && untilMs !== undefined && fromMs < untilMs) {
      return { kind: 'freeze', fromMs, untilMs, reason: value.reason };
    }
    reading.findings.add({
      at: place.at,
      code: 'invalid-value',
      message: `${place.path} ends before it begins.`,
      mend: 'Give an `until` that is later than `from`; it is the first moment at which deployments may go on.',
    });
    return undefined;
  };
}

/** One entry of `peak-hours`. */
export function peakHoursMapping(): Schema<ClosedWindow> {
  return mapped(
    mapping({
      days: optional(parsed(readWeekdays, '`mon-fri` or `mon, wed`'), [1, 2, 3, 4, 5]),
      hours: required(parsed(readHours, '`09:00-17:00`')),
      'time-zone': required(timeZone),
    }),
    ({ days, hours, 'time-zone': zone }): ClosedWindow => ({
      kind: 'peak-hours',
      weekdays: days,
      ...hours,
      timeZone: zone,
    }),
  );
}
