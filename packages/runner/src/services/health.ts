import { setTimeout as delay } from 'node:timers/promises';
import type { HealthCheck } from './create-options.ts';

export interface HealthWatch {
  check: HealthCheck;
  /** Runs the command once. */
  probe: () => Promise<{ healthy: boolean; output: string }>;
  /** How the service ended, or null while it runs. */
  ended: () => string | null | Promise<string | null>;
  signal: AbortSignal;
}

export type Health =
  | { kind: 'healthy' }
  | { kind: 'unhealthy'; why: string }
  | { kind: 'ended'; why: string };

const FIRST_PAUSE_MS = 50;

/**
 * Asks a health command until it succeeds. Docker asks for the first time after a whole interval; a local server is ready
 * long before, so this starts at once and doubles the pause up to the interval. It gives up when docker would have: once
 * the start period and `retries` intervals are over and at least `retries` probes failed since.
 * @throws the signal's reason on abort.
 */
export async function waitUntilHealthy({ check, probe, ended, signal }: HealthWatch): Promise<Health> {
  const startedAt = performance.now();
  const giveUpMs = check.startPeriodMs + check.retries * check.intervalMs;
  let failures = 0;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, check.intervalMs)) {
    signal.throwIfAborted();
    const { healthy, output } = await probe();
    if (healthy) return { kind: 'healthy' };
    const ending = await ended();
    if (ending !== null) return { kind: 'ended', why: ending };
    const elapsedMs = performance.now() - startedAt;
    if (elapsedMs >= check.startPeriodMs) failures += 1;
    if (elapsedMs >= giveUpMs && failures >= check.retries) {
      return { kind: 'unhealthy', why: describeFailure(check, elapsedMs, output) };
    }
    await delay(pauseMs, undefined, { signal });
  }
}

function describeFailure(check: HealthCheck, elapsedMs: number, output: string): string {
  const seconds = Math.round(elapsedMs / 1000);
  const printed = output.trim();
  return `\`${check.command}\` still fails after ${seconds} s${printed ? `: ${printed}` : ''}`;
}
