import { setTimeout as delay } from 'node:timers/promises';

export interface Patience {
  limitMs: number;
  /** Whoever asks has to end: no longer waited for either. */
  signal: AbortSignal;
}

/**
 * Waits for what somebody else has to answer, and not for ever. What they say later is heard by nobody.
 * @throws what they throw; that there was no answer in time; an AbortError
 */
export async function answerWithin<T>(answer: Promise<T>, { limitMs, signal }: Patience): Promise<T> {
  const heard = new AbortController();
  const silence = async (): Promise<never> => {
    await delay(limitMs, undefined, { signal: AbortSignal.any([signal, heard.signal]) });
    throw new Error(`no answer in ${limitMs / 1000} s`);
  };
  try {
    return await Promise.race([answer, silence()]);
  } finally {
    heard.abort();
  }
}
