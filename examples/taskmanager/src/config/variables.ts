import { z } from 'zod';
import { type Faults, faultVariables, toFaults } from '../faults/faults.ts';

/** What each process of the system needs to know, whatever its work is. Everything comes from the environment. */
export type ProcessConfig = {
  host: string;
  /** 0 lets the operating system choose. */
  port: number;
  databaseUrl: string;
  redisUrl: string;
  logLevel: (typeof logLevels)[number];
  /** How long `/ready` says no before the listener closes, so that a load balancer takes the instance out first. */
  drainMs: number;
  /** How long work in flight may take to finish after the listener has closed. */
  shutdownGraceMs: number;
  build: Build;
  faults: Faults;
};

export type Build = { version: string; commit: string };

export type Reading<T> = { kind: 'valid'; value: T } | { kind: 'invalid'; problems: string[] };

/** Reads every variable before it answers, so that one start shows all that is wrong. Values are not repeated. */
export function readVariables<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
  env: Record<string, string | undefined>,
): Reading<z.infer<z.ZodObject<Shape>>> {
  const parsed = z.object(shape).safeParse(dropEmpty(env));
  if (parsed.success) return { kind: 'valid', value: parsed.data };
  return {
    kind: 'invalid',
    problems: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`),
  };
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export function wholeNumber({ min, max }: { min: number; max: number }) {
  const range = `must be a whole number from ${min} to ${max}`;
  return z.coerce.number({ error: range }).int(range).min(min, range).max(max, range);
}

export function urlOf(protocol: RegExp, example: string) {
  return z.url({ protocol, hostname: /./, error: `must be set to a URL such as ${example}` });
}

export const databaseUrl = urlOf(/^postgres(ql)?$/, 'postgresql://user:password@localhost:5432/taskmanager');

export const processVariables = {
  HOST: z.string().default('0.0.0.0'),
  PORT: wholeNumber({ min: 0, max: 65_535 }).default(3000),
  DATABASE_URL: databaseUrl,
  REDIS_URL: urlOf(/^rediss?$/, 'redis://localhost:6379/0'),
  LOG_LEVEL: z.enum(logLevels, { error: `must be one of ${logLevels.join(', ')}` }).default('info'),
  DRAIN_MS: wholeNumber({ min: 0, max: 120_000 }).default(0),
  SHUTDOWN_GRACE_MS: wholeNumber({ min: 0, max: 300_000 }).default(10_000),
  APP_VERSION: z.string().default('0.0.0-dev'),
  APP_COMMIT: z.string().default('unknown'),
  ...faultVariables,
};

export function toProcessConfig(vars: z.infer<z.ZodObject<typeof processVariables>>): ProcessConfig {
  return {
    host: vars.HOST,
    port: vars.PORT,
    databaseUrl: vars.DATABASE_URL,
    redisUrl: vars.REDIS_URL,
    logLevel: vars.LOG_LEVEL,
    drainMs: vars.DRAIN_MS,
    shutdownGraceMs: vars.SHUTDOWN_GRACE_MS,
    build: { version: vars.APP_VERSION, commit: vars.APP_COMMIT },
    faults: toFaults(vars),
  };
}

/** `PORT=` in an env file means "not set". */
function dropEmpty(env: Record<string, string | undefined>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
}
