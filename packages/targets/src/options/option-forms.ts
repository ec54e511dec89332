import { type Options, readDuration } from '@slipway/delivery';
import { z } from 'zod';

/** `90s`, `5m`. */
export const duration = z.union([z.string(), z.number()]).transform((written, context) => {
  const ms = readDuration(String(written));
  if (ms !== undefined) return ms;
  context.addIssue({ code: 'custom', message: 'write it like `90s` or `5m`' });
  return z.NEVER;
});

export const pathText = z.string().startsWith('/', 'begin it with `/`');

export type OptionsReading<T> = { kind: 'read'; value: T } | { kind: 'mistaken'; mistakes: string[] };

/** Reads options, and says of all that is wrong with them where it stands (`place`) and how it is mended. */
export function readOptions<T>(schema: z.ZodType<T>, options: unknown, place: string): OptionsReading<T> {
  const reading = schema.safeParse(options);
  if (reading.success) return { kind: 'read', value: reading.data };
  const mistakes = reading.error.issues.map(
    ({ path, message }) => `${[place, ...path.map(String)].join('.')}: ${message}`,
  );
  return { kind: 'mistaken', mistakes };
}

/** Takes the options `env.NAME` out of the others. */
export function splitEnv(options: Options): { env: Record<string, string>; rest: Options } {
  const entries = Object.entries(options);
  const isEnv = ([name]: [string, unknown]) => name.startsWith('env.');
  return {
    env: Object.fromEntries(
      entries.filter(isEnv).map(([name, value]) => [name.slice('env.'.length), String(value)]),
    ),
    rest: Object.fromEntries(entries.filter((entry) => !isEnv(entry))),
  };
}
