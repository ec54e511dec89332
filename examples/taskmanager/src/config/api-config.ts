import {
  type ProcessConfig,
  processVariables,
  type Reading,
  readVariables,
  toProcessConfig,
  wholeNumber,
} from './variables.ts';

export type ApiConfig = ProcessConfig & {
  sessionTtlMs: number;
  /** Requests that one address may send to `/api` within a minute. */
  requestsPerMinute: number;
  /** Sign-in attempts that one address may make for one account within 15 minutes. */
  signInAttempts: number;
  /** How many proxies in front of the service are ours, so that their X-Forwarded-For entries can be believed. */
  trustedProxies: number;
};

export function readApiConfig(env: Record<string, string | undefined>): Reading<ApiConfig> {
  const reading = readVariables(variables, env);
  if (reading.kind === 'invalid') return reading;
  const vars = reading.value;
  return {
    kind: 'valid',
    value: {
      ...toProcessConfig(vars),
      sessionTtlMs: vars.SESSION_TTL_SECONDS * 1000,
      requestsPerMinute: vars.RATE_LIMIT_PER_MINUTE,
      signInAttempts: vars.SIGN_IN_ATTEMPTS,
      trustedProxies: vars.TRUSTED_PROXIES,
    },
  };
}

const variables = {
  ...processVariables,
  SESSION_TTL_SECONDS: wholeNumber({ min: 1, max: 30 * 24 * 3600 }).default(8 * 3600),
  RATE_LIMIT_PER_MINUTE: wholeNumber({ min: 1, max: 1_000_000 }).default(300),
  SIGN_IN_ATTEMPTS: wholeNumber({ min: 1, max: 1_000_000 }).default(10),
  TRUSTED_PROXIES: wholeNumber({ min: 0, max: 10 }).default(0),
};
