interface CronField {
  name: string;
  min: number;
  max: number;
  names?: string[];
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const fields: CronField[] = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of the month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, names: months },
  { name: 'day of the week', min: 0, max: 6, names: weekdays },
];

/**
 * What is wrong with a schedule's POSIX cron expression; undefined if nothing is.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#schedule
 */
export function cronProblem(cron: string): { message: string; mend: string } | undefined {
  const parts = cron.trim().split(/\s+/);
  if (cron.startsWith('@') || parts.length !== fields.length) {
    return {
      message: `\`${cron}\` is not a cron expression of five fields.`,
      mend: 'Write minute, hour, day of the month, month and day of the week: `30 4 * * 1-5`.',
    };
  }
  for (const [i, field] of fields.entries()) {
    if ((parts[i] ?? '').split(',').every((item) => isItem(item, field))) continue;
    return {
      message: `\`${parts[i]}\` cannot be the ${field.name} (${field.min}–${field.max}) of a cron expression.`,
      mend: `Write \`*\`, a number from ${field.min} to ${field.max}, a range \`a-b\`, a step \`*/n\`, or a list of them.`,
    };
  }
  return undefined;
}

function isItem(item: string, field: CronField): boolean {
  const [range = '', step, ...rest] = item.split('/');
  if (rest.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false;
  if (range === '*') return true;
  const [from = '', to, ...more] = range.split('-');
  if (more.length > 0) return false;
  const first = numberOf(from, field);
  const last = to === undefined ? first : numberOf(to, field);
  return first !== undefined && last !== undefined && first <= last;
}

function numberOf(text: string, { min, max, names }: CronField): number | undefined {
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return named + min;
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return number >= min && number <= max ? number : undefined;
}

/** Whether it is a name of the IANA time zone database. */
export function isTimezone(name: string): boolean {
  if (/^[+-]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
