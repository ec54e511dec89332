import { setTimeout as delay } from 'node:timers/promises';
import { SlipwayError } from '@slipway/contracts/errors';

const firstPauseMs = 100;
const longestPauseMs = 5_000;

/**
 * Asks the server until it answers. Pauses grow, with a part by chance: many runners that lost one server don't come back at once.
 * @throws SlipwayError: an answer too; the signal's reason on abort
 */
export async function tryAgain<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    signal.throwIfAborted();
    try {
      return await ask();
    } catch (error) {
      if (error instanceof SlipwayError && error.status < 500) throw error;
      await delay(pauseMs * (0.5 + Math.random()), undefined, { signal }).catch(() => {});
    }
  }
}
