import { setTimeout as delay } from 'node:timers/promises';
import type { MiddlewareHandler } from 'hono';
import type { Probe } from '../health/probe.ts';
import type { AppEnv } from '../http/app-env.ts';
import { problem } from '../http/problem.ts';
import type { Faults } from './faults.ts';

/**
 * Delays and fails API requests as the faults say. `random` gives numbers from 0 up to, not including, 1; `uptimeMs` the time since
 * the process began.
 */
export function injectFaults(
  faults: Faults,
  { random, uptimeMs }: { random: () => number; uptimeMs: () => number },
): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    if (uptimeMs() < faults.afterMs) return next();
    if (faults.latencyMs > 0) await delay(faults.latencyMs);
    if (random() < faults.errorRate) return problem(context, 'internal');
    await next();
  };
}

/** A probe that is down for good, or none. */
export function faultProbes(faults: Faults): Probe[] {
  if (!faults.failHealth) return [];
  const check = () => Promise.reject(new Error('FAULT_HEALTH is on'));
  return [{ name: 'fault', required: true, check }];
}

/** Starts the faults that come with time: the crash and the leak. Neither keeps the process alive. */
export function startFaults(faults: Faults): void {
  if (faults.crashAfterMs !== undefined) {
    setTimeout(() => {
      throw new Error('FAULT_CRASH_AFTER_MS has passed');
    }, faults.crashAfterMs).unref();
  }
  if (faults.leakMbPerSecond > 0) {
    const leaked: Buffer[] = [];
    // Filled, since the operating system gives out memory only when it is written.
    const leak = () => leaked.push(Buffer.alloc(faults.leakMbPerSecond * 2 ** 20, 1));
    setInterval(leak, 1_000).unref();
  }
}
