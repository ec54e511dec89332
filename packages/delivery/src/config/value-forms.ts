import type { ThresholdJudgement } from '../analysis/analysis-rules.ts';
import type { BatchSize } from '../strategy/strategy.ts';

/** `90s`, `3m`, `1h30m`, `2d` in milliseconds. */
export function readDuration(text: string): number | undefined {
  const parts = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/.exec(text);
  if (!parts || text === '') return undefined;
  const [, days, hours, minutes, seconds, ms] = parts.map(Number);
  const total = sum([days, 86_400_000], [hours, 3_600_000], [minutes, 60_000], [seconds, 1000], [ms, 1]);
  return Number.isSafeInteger(total) ? total : undefined;
}

/** `10%` or `10`: above 0, at most 100. */
export function readPercent(text: string): number | undefined {
  const digits = /^(\d{1,3}(?:\.\d+)?)\s*%?$/.exec(text)?.[1];
  const percent = Number(digits);
  return digits !== undefined && percent > 0 && percent <= 100 ? percent : undefined;
}

/** `2` instances, or `25%` of them. */
export function readBatchSize(text: string): BatchSize | undefined {
  if (/^\d{1,3}$/.test(text))
    return Number(text) > 0 ? { kind: 'instances', count: Number(text) } : undefined;
  const percent = readPercent(text);
  return percent === undefined ? undefined : { kind: 'percent', percent };
}

/** `10% every 3m`. */
export function readPace(text: string): { percent: number; everyMs: number } | undefined {
  const [, share = '', time = ''] = /^(\S+)\s+every\s+(\S+)$/.exec(text) ?? [];
  const percent = readPercent(share);
  const everyMs = readDuration(time);
  return percent === undefined || everyMs === undefined ? undefined : { percent, everyMs };
}

/** `< 0.01`, `>= 3`. */
export function readThreshold(text: string): Pick<ThresholdJudgement, 'operator' | 'value'> | undefined {
  const [, operator, digits] = /^(<=|>=|<|>)\s*(-?\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return { operator: operator as ThresholdJudgement['operator'], value: Number(digits) };
}

/** `mon-fri` or `mon, wed, sat-sun`; 0 is Sunday. */
export function readWeekdays(text: string): number[] | undefined {
  const days = new Set<number>();
  for (const part of text.toLowerCase().split(',')) {
    const [first = -1, last = first] = part
      .trim()
      .split('-')
      .map((name) => weekdayNames.indexOf(name.trim()));
    if (first < 0 || last < 0 || part.split('-').length > 2) return undefined;
    for (let day = first; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === last) break;
    }
  }
  return [...days].sort((a, b) => a - b);
}

/** `09:00-17:00` in minutes since midnight; the second one may be on the next day. */
export function readHours(text: string): { fromMinute: number; untilMinute: number } | undefined {
  const [, from = '', until = ''] = /^(\S+?)\s*-\s*(\S+)$/.exec(text) ?? [];
  const fromMinute = readClock(from);
  const untilMinute = readClock(until);
  if (fromMinute === undefined || untilMinute === undefined || fromMinute === untilMinute) return undefined;
  return { fromMinute, untilMinute };
}

/** `2026-12-20` or `2026-12-20T18:00`, by the clock of a zone that is named elsewhere. */
export function readWallTime(text: string): { date: string; minuteOfDay: number } | undefined {
  const [, date = '', clock = '00:00'] = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d))?$/.exec(text) ?? [];
  const minuteOfDay = readClock(clock);
  const midnight = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== date) return undefined;
  return minuteOfDay === undefined ? undefined : { date, minuteOfDay };
}

const weekdayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** 24:00 is the end of the day. */
function readClock(text: string): number | undefined {
  const [, hours, minutes] = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(text) ?? [];
  const minute = Number(hours) * 60 + Number(minutes);
  return hours !== undefined && minute <= 24 * 60 ? minute : undefined;
}

function sum(...terms: [count: number | undefined, unit: number][]): number {
  return terms.reduce(
    (total, [count, unit]) => total + (count === undefined || Number.isNaN(count) ? 0 : count * unit),
    0,
  );
}
