/** How long a process that was ready is up before its earlier failures are forgotten. */
const forgivenAfterMs = 60_000;

/** Failures in a row, when a process has ended after that time. */
export function failuresInARow(before: number, upMs: number): number {
  return upMs >= forgivenAfterMs ? 1 : before + 1;
}

/** Pause before the next start: half a second after the first failure, then twice as long each time, half a minute at most. */
export function restartPauseMs(failures: number): number {
  return Math.min(30_000, 500 * 2 ** Math.min(failures - 1, 10));
}
