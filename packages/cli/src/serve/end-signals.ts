/** Somebody wants this process to end: once politely, once more at once. */
export interface EndSignals {
  first: Promise<void>;
  second: Promise<void>;
}

export function endSignals(): EndSignals {
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  let heard = 0;
  const hear = (): void => {
    heard += 1;
    if (heard === 1) first.resolve();
    else second.resolve();
  };
  process.on('SIGTERM', hear);
  process.on('SIGINT', hear);
  return { first: first.promise, second: second.promise };
}
