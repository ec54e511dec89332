import type { Rule } from '../rule.ts';

export const frequentSchedule: Rule = {
  code: 'frequent-schedule',
  severity: 'warning',
  why: 'GitHub starts schedules at most every five minutes; what is asked for more often is dropped.',
  mend: 'Leave at least five minutes between two starts: `*/5 * * * *`.',
  *check({ workflow }) {
    for (const { cron, at } of workflow.on.schedule?.schedules ?? []) {
      const gap = shortestGap(cron);
      if (gap !== undefined && gap < 5)
        yield { at, message: `\`${cron}\` starts every ${gap === 1 ? 'minute' : `${gap} minutes`}.` };
    }
  },
};

/** Minutes between two starts within an hour, and over its end if every hour has them; undefined: once an hour or less often. */
function shortestGap(cron: string): number | undefined {
  const [minuteField = '', hourField = ''] = cron.trim().split(/\s+/);
  const minutes = [...new Set(minuteField.split(',').flatMap(minutesOf))].sort((a, b) => a - b);
  const gaps = minutes.slice(1).map((minute, i) => minute - minutes[i]!);
  const [first, last] = [minutes[0], minutes.at(-1)];
  if (hourField === '*' && first !== undefined && last !== undefined && minutes.length > 1)
    gaps.push(first + 60 - last);
  return gaps.length === 0 ? undefined : Math.min(...gaps);
}

function minutesOf(item: string): number[] {
  const [, from = '', to, step = '1'] = /^([*\d]+)(?:-(\d+))?(?:\/(\d+))?$/.exec(item) ?? [];
  const first = from === '*' ? 0 : Number(from);
  const isSingle = from !== '*' && to === undefined && !item.includes('/');
  const last = isSingle ? first : Number(to ?? 59);
  const minutes: number[] = [];
  for (let minute = first; minute <= Math.min(last, 59); minute += Math.max(1, Number(step)))
    minutes.push(minute);
  return minutes;
}
