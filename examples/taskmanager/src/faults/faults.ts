import { z } from 'zod';

/**
 * Ways to be a bad release, all off by default. They exist so that a pipeline can be shown to catch one, and are set by the
 * environment alone: see `README.md`.
 */
export type Faults = {
  /** Part of the API requests that fail, from 0 to 1. */
  errorRate: number;
  /** Added to each API request. */
  latencyMs: number;
  /** `/health` and `/ready` say no. */
  failHealth: boolean;
  /** The process ends with an error this long after its start; undefined never. */
  crashAfterMs: number | undefined;
  /** `npm run migrate` fails after it has done its work, so that all of it is undone. */
  failMigration: boolean;
  /** Memory that is taken each second and never given back. */
  leakMbPerSecond: number;
  /** Errors and latency begin this long after the start: the release that is well until it has worked for a while. */
  afterMs: number;
};

/** The environment variables, to be part of the configuration's schema. */
export const faultVariables = {
  FAULT_ERROR_RATE: amount({ max: 1 }).default(0),
  FAULT_LATENCY_MS: amount({ max: 60_000 }).default(0),
  FAULT_HEALTH: flag(),
  FAULT_CRASH_AFTER_MS: amount({ max: 3_600_000 }).optional(),
  FAULT_MIGRATION: flag(),
  FAULT_LEAK_MB: amount({ max: 1024 }).default(0),
  FAULT_AFTER_MS: amount({ max: 3_600_000 }).default(0),
  /** Where the faults are on: the value of APP_ENVIRONMENT. Absent: everywhere. */
  FAULT_ENVIRONMENT: z.string().optional(),
  APP_ENVIRONMENT: z.string().optional(),
};

export const noFaults: Faults = {
  errorRate: 0,
  latencyMs: 0,
  failHealth: false,
  crashAfterMs: undefined,
  failMigration: false,
  leakMbPerSecond: 0,
  afterMs: 0,
};

export function toFaults(vars: z.infer<z.ZodObject<typeof faultVariables>>): Faults {
  if (vars.FAULT_ENVIRONMENT !== undefined && vars.FAULT_ENVIRONMENT !== vars.APP_ENVIRONMENT)
    return noFaults;
  return {
    errorRate: vars.FAULT_ERROR_RATE,
    latencyMs: vars.FAULT_LATENCY_MS,
    failHealth: vars.FAULT_HEALTH,
    crashAfterMs: vars.FAULT_CRASH_AFTER_MS,
    failMigration: vars.FAULT_MIGRATION,
    leakMbPerSecond: vars.FAULT_LEAK_MB,
    afterMs: vars.FAULT_AFTER_MS,
  };
}

/** The names of the faults that are on. */
export function activeFaults(faults: Faults): string[] {
  return Object.entries(faults)
    .filter(([, value]) => value !== 0 && value !== false && value !== undefined)
    .map(([name]) => name);
}

function amount({ max }: { max: number }) {
  const range = `must be a number from 0 to ${max}`;
  return z.coerce.number({ error: range }).min(0, range).max(max, range);
}

function flag() {
  return z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .default('false')
    .transform((value) => value === 'true');
}
