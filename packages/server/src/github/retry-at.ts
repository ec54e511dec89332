const firstPauseMs = 2_000;
const longestPauseMs = 15 * 60_000;

/** When to try again what failed: pauses double up to a quarter of an hour, spread a little so that not everything comes back at once. */
export function retryAt({ failures, now, id }: { failures: number; now: number; id: number }): number {
  const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures - 1, 20));
  const spread = ((id * 2654435761) % 1000) / 4000;
  return now + Math.round(pauseMs * (1 + spread));
}
