import type { ClosedWindow, PeakHours } from './window.ts';
import { momentOf, zonedTime } from './zoned-time.ts';

/** A window that holds at some moment. */
export interface Closure {
  window: ClosedWindow;
  untilMs: number;
}

export interface ClosedQuestion {
  atMs: number;
  /** Peak hours don't hold up what is urgent; a freeze does. */
  urgent: boolean;
}

/** The closure that ends last of those that hold at the moment; undefined if the environment is open. */
export function closedAt(
  windows: readonly ClosedWindow[],
  { atMs, urgent }: ClosedQuestion,
): Closure | undefined {
  return windows
    .filter(({ kind }) => kind === 'freeze' || !urgent)
    .flatMap((window) => {
      const untilMs = window.kind === 'freeze' ? freezeEnd(window, atMs) : peakEnd(window, atMs);
      return untilMs === undefined ? [] : [{ window, untilMs }];
    })
    .reduce<Closure | undefined>(
      (last, one) => (last && last.untilMs >= one.untilMs ? last : one),
      undefined,
    );
}

function freezeEnd(
  { fromMs, untilMs }: { fromMs: number; untilMs: number },
  atMs: number,
): number | undefined {
  return fromMs <= atMs && atMs < untilMs ? untilMs : undefined;
}

/** Hours past midnight began today or yesterday. */
function peakEnd(
  { weekdays, fromMinute, untilMinute, timeZone }: PeakHours,
  atMs: number,
): number | undefined {
  const today = zonedTime(atMs, timeZone).date;
  for (const date of [today, dayAfter(today, -1)]) {
    if (!weekdays.includes(new Date(`${date}T00:00:00Z`).getUTCDay())) continue;
    const lastDate = untilMinute > fromMinute ? date : dayAfter(date, 1);
    const untilMs = momentOf(lastDate, untilMinute, timeZone);
    if (momentOf(date, fromMinute, timeZone) <= atMs && atMs < untilMs) return untilMs;
  }
  return undefined;
}

function dayAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
}
