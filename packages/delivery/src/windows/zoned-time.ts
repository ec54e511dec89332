/** A moment as a clock on a wall in a time zone shows it. */
export interface ZonedTime {
  /** 0 is Sunday. */
  weekday: number;
  /** Minutes since midnight by the clock of the zone. */
  minuteOfDay: number;
  /** As `2026-11-25`. */
  date: string;
}

/** The zone is an IANA name; `isTimeZone` says whether one is known. */
export function zonedTime(atMs: number, timeZone: string): ZonedTime {
  const shifted = new Date(atMs + zoneOffsetMs(atMs, timeZone));
  return {
    weekday: shifted.getUTCDay(),
    minuteOfDay: shifted.getUTCHours() * 60 + shifted.getUTCMinutes(),
    date: shifted.toISOString().slice(0, 10),
  };
}

/**
 * The moment at which the zone's clocks show a date and time. A time that the clocks leap over in spring is taken as the moment
 * they leap, one that comes twice in autumn as the first.
 */
export function momentOf(date: string, minuteOfDay: number, timeZone: string): number {
  const wallMs = Date.parse(`${date}T00:00:00Z`) + minuteOfDay * 60_000;
  const candidates = [wallMs - dayMs, wallMs + dayMs]
    .map((nearby) => wallMs - zoneOffsetMs(nearby, timeZone))
    .sort((a, b) => a - b);
  const exact = candidates.find((moment) => moment + zoneOffsetMs(moment, timeZone) === wallMs);
  if (exact !== undefined) return exact;
  let [before = wallMs, after = wallMs] = candidates;
  while (after - before > 1000) {
    const middle = Math.floor((before + after) / 2);
    if (middle + zoneOffsetMs(middle, timeZone) < wallMs) before = middle;
    else after = middle;
  }
  return Math.ceil(after / 1000) * 1000;
}

export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

const dayMs = 24 * 60 * 60 * 1000;
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, format);
  return format;
}

function zoneOffsetMs(atMs: number, timeZone: string): number {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(atMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  const wallMs = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return wallMs - Math.floor(atMs / 1000) * 1000;
}
