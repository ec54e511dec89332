import { Cron } from 'croner';
import { assessCron, assessTimezone, cronFields } from './cron.ts';

/**
 * The first time after `after` that a schedule fires, or null if it never does (`0 0 30 2 *`). Where both kinds of days are
 * restricted, either counts, as POSIX has it. A time that a zone's clock leaps over in spring comes as soon as the leap is
 * over; one that the clock shows twice in autumn comes once, unless it recurs within the hour anyway.
 * @param timezone IANA zone; default UTC.
 * @throws RangeError for a schedule or zone that `assessCron` or `assessTimezone` refuses.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#schedule
 */
export function nextFireTime(cron: string, timezone: string | undefined, after: Date): Date | null {
  const problem = assessCron(cron) ?? (timezone === undefined ? undefined : assessTimezone(timezone));
  if (problem !== undefined) throw new RangeError(problem);
  const options = { timezone: timezone ?? 'UTC', paused: true, mode: '5-part' } as const;
  return new Cron(writeOutSteps(cron), options).nextRun(after);
}

/** `7/10` is short for `7-59/10`; croner takes the long form only. */
function writeOutSteps(cron: string): string {
  const parts = cron.trim().split(/\s+/);
  return parts
    .map((part, i) =>
      part.replace(/(^|,)(\w+)\//g, (_, comma, from) => `${comma}${from}-${cronFields[i]!.max}/`),
    )
    .join(' ');
}
