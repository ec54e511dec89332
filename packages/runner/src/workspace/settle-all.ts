/**
 * Runs work side by side and returns only when all of it has ended, so that nothing goes on behind a failure's back.
 * The first failure aborts the others' signal, and is thrown.
 */
export async function settleAll(
  signal: AbortSignal,
  work: ((signal: AbortSignal) => Promise<void>)[],
): Promise<void> {
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  await Promise.allSettled(work.map((one) => one(either).catch((error: unknown) => failure.abort(error))));
  if (failure.signal.aborted) throw failure.signal.reason;
}
