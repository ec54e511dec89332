interface Field {
  name: string;
  min: number;
  max: number;
  names?: readonly string[];
}

/** The five fields, in their order. */
export const cronFields: readonly Field[] = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of the month', min: 1, max: 31 },
  {
    name: 'month',
    min: 1,
    max: 12,
    names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  { name: 'day of the week', min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
];

/** What is wrong with a schedule; undefined if nothing is. `@daily` and the like are not known, as on GitHub. */
export function assessCron(cron: string): string | undefined {
  const parts = cron.trim().split(/\s+/);
  if (parts.length !== cronFields.length) {
    return `'${cron}' is no schedule: it needs 5 fields (${cronFields.map(({ name }) => name).join(', ')})`;
  }
  for (const [i, field] of cronFields.entries()) {
    const bad = parts[i]!.split(',').find((item) => !isItem(item, field));
    if (bad !== undefined) return `'${bad}' in '${cron}' is no ${field.name}: ${describeField(field)}`;
  }
  return undefined;
}

/** What is wrong with the name of a zone; undefined if nothing is. */
export function assessTimezone(timezone: string): string | undefined {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
    return /^[+-]/.test(timezone) ? `'${timezone}' is an offset, not the name of a time zone` : undefined;
  } catch {
    return `There is no time zone '${timezone}': use an IANA name such as Europe/Berlin`;
  }
}

/** `*`, a value or a range, each with a step or without. */
function isItem(item: string, field: Field): boolean {
  const [, from, to, step] = /^([^-/]+)(?:-([^-/]+))?(?:\/(\d+))?$/.exec(item) ?? [];
  if (from === undefined || (step !== undefined && !isStep(Number(step), field))) return false;
  if (from === '*') return to === undefined;
  const low = fieldValue(from, field);
  const high = to === undefined ? low : fieldValue(to, field);
  return low !== undefined && high !== undefined && low <= high;
}

function isStep(step: number, { max }: Field): boolean {
  return step >= 1 && step <= max;
}

function fieldValue(text: string, { min, max, names = [] }: Field): number | undefined {
  const named = names.indexOf(text.toLowerCase());
  if (named !== -1) return named + min;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
}

function describeField({ min, max, names }: Field): string {
  const numbers = `${min} to ${max}`;
  return names === undefined ? numbers : `${numbers} or ${names[0]} to ${names.at(-1)}`;
}
