import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits for work that may never end, e.g. since a store does not answer.
 * @returns whether it has ended in time
 * @throws what the work does
 */
export async function endsWithin(limitMs: number, work: Promise<unknown>): Promise<boolean> {
  const waiting = new AbortController();
  try {
    return await Promise.race([work.then(() => true), delay(limitMs, false, { signal: waiting.signal })]);
  } finally {
    waiting.abort();
  }
}
