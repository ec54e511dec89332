import { z } from 'zod';
import { type Faults, faultVariables, toFaults } from './faults/faults.ts';

/** What the service needs to know to start. Everything comes from the environment; see `README.md` for the variables. */
export type Config = {
  host: string;
  /** 0 lets the operating system choose. */
  port: number;
  databaseUrl: string;
  redisUrl: string;
  logLevel: (typeof logLevels)[number];
  sessionTtlMs: number;
  /** Requests that one address may send to `/api` within a minute. */
  requestsPerMinute: number;
  /** Sign-in attempts that one address may make for one account within 15 minutes. */
  signInAttempts: number;
  /** How many proxies in front of the service are ours, so that their X-Forwarded-For entries can be believed. */
  trustedProxies: number;
  /** How long `/ready` says no before the listener closes, so that a load balancer takes the instance out first. */
  drainMs: number;
  /** How long requests in flight may take to finish after the listener has closed. */
  shutdownGraceMs: number;
  build: Build;
  faults: Faults;
};

export type Build = { version: string; commit: string };

export type ConfigReading = { kind: 'valid'; config: Config } | { kind: 'invalid'; problems: string[] };

/** Reads every variable before it answers, so that one start shows all that is wrong. */
export function readConfig(env: Record<string, string | undefined>): ConfigReading {
  const parsed = environment.safeParse(dropEmpty(env));
  if (!parsed.success) {
    return {
      kind: 'invalid',
      problems: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`),
    };
  }
  const vars = parsed.data;
  return {
    kind: 'valid',
    config: {
      host: vars.HOST,
      port: vars.PORT,
      databaseUrl: vars.DATABASE_URL,
      redisUrl: vars.REDIS_URL,
      logLevel: vars.LOG_LEVEL,
      sessionTtlMs: vars.SESSION_TTL_SECONDS * 1000,
      requestsPerMinute: vars.RATE_LIMIT_PER_MINUTE,
      signInAttempts: vars.SIGN_IN_ATTEMPTS,
      trustedProxies: vars.TRUSTED_PROXIES,
      drainMs: vars.DRAIN_MS,
      shutdownGraceMs: vars.SHUTDOWN_GRACE_MS,
      build: { version: vars.APP_VERSION, commit: vars.APP_COMMIT },
      faults: toFaults(vars),
    },
  };
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

function whole({ min, max }: { min: number; max: number }) {
  const range = `must be a whole number from ${min} to ${max}`;
  return z.coerce.number({ error: range }).int(range).min(min, range).max(max, range);
}

function url(protocol: RegExp, example: string) {
  return z.url({ protocol, hostname: /./, error: `must be set to a URL such as ${example}` });
}

const environment = z.object({
  HOST: z.string().default('0.0.0.0'),
  PORT: whole({ min: 0, max: 65_535 }).default(3000),
  DATABASE_URL: url(/^postgres(ql)?$/, 'postgresql://user:password@localhost:5432/taskmanager'),
  REDIS_URL: url(/^rediss?$/, 'redis://localhost:6379/0'),
  LOG_LEVEL: z.enum(logLevels, { error: `must be one of ${logLevels.join(', ')}` }).default('info'),
  SESSION_TTL_SECONDS: whole({ min: 1, max: 30 * 24 * 3600 }).default(8 * 3600),
  RATE_LIMIT_PER_MINUTE: whole({ min: 1, max: 1_000_000 }).default(300),
  SIGN_IN_ATTEMPTS: whole({ min: 1, max: 1_000_000 }).default(10),
  TRUSTED_PROXIES: whole({ min: 0, max: 10 }).default(0),
  DRAIN_MS: whole({ min: 0, max: 120_000 }).default(0),
  SHUTDOWN_GRACE_MS: whole({ min: 0, max: 300_000 }).default(10_000),
  APP_VERSION: z.string().default('0.0.0-dev'),
  APP_COMMIT: z.string().default('unknown'),
  ...faultVariables,
});

/** `PORT=` in an env file means "not set". */
function dropEmpty(env: Record<string, string | undefined>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
}
