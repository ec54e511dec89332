/**
 * Work that several callers want at once, done once. It is aborted when the last one that still waits aborts;
 * success is kept for as long as the object lives, failure is forgotten.
 */
export type SharedWork<T> = (
  key: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
) => Promise<T>;

export function createSharedWork<T>(): SharedWork<T> {
  const entries = new Map<string, Entry<T>>();
  return async (key, signal, work) => {
    signal.throwIfAborted();
    const entry = entries.get(key) ?? begin(work);
    entries.set(key, entry);
    const forget = () => entries.get(key) === entry && entries.delete(key);
    entry.result.catch(forget);
    return await waitFor(entry, signal, forget);
  };
}

interface Entry<T> {
  result: Promise<T>;
  controller: AbortController;
  waiting: number;
}

function begin<T>(work: (signal: AbortSignal) => Promise<T>): Entry<T> {
  const controller = new AbortController();
  return { result: work(controller.signal), controller, waiting: 0 };
}

async function waitFor<T>(entry: Entry<T>, signal: AbortSignal, forget: () => unknown): Promise<T> {
  entry.waiting++;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => {
    if (entry.waiting === 1) {
      forget();
      entry.controller.abort(signal.reason);
    }
    reject(signal.reason);
  };
  signal.addEventListener('abort', onAbort);
  try {
    return await Promise.race([entry.result, aborted]);
  } finally {
    entry.waiting--;
    signal.removeEventListener('abort', onAbort);
  }
}
