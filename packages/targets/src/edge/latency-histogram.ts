/**
 * Latencies counted in buckets that grow with them: 16 to each doubling, from 1/16 ms to over two minutes, so that a percentile is
 * off by 2 % at most, and minutes of traffic take little room.
 */
export interface LatencyHistogram {
  counts: Uint32Array;
  total: number;
}

const perDoubling = 16;
const firstExponent = -4;
const lastExponent = 17;
const buckets = (lastExponent - firstExponent) * perDoubling;

export function createLatencyHistogram(): LatencyHistogram {
  return { counts: new Uint32Array(buckets), total: 0 };
}

export function recordLatency(histogram: LatencyHistogram, durationMs: number): void {
  const index = Math.floor((Math.log2(Math.max(durationMs, 1e-9)) - firstExponent) * perDoubling);
  const bucket = Math.min(buckets - 1, Math.max(0, index));
  histogram.counts[bucket]! += 1;
  histogram.total += 1;
}

export function addLatencies(sum: LatencyHistogram, other: LatencyHistogram): void {
  for (let i = 0; i < buckets; i++) sum.counts[i]! += other.counts[i]!;
  sum.total += other.total;
}

/** In milliseconds; null if nothing was recorded. `share` of 0.99 is the 99th percentile. */
export function latencyAt({ counts, total }: LatencyHistogram, share: number): number | null {
  if (total === 0) return null;
  const rank = Math.max(1, Math.ceil(share * total));
  let seen = 0;
  for (let i = 0; i < buckets; i++) {
    seen += counts[i]!;
    // The middle of the bucket.
    if (seen >= rank) return 2 ** (firstExponent + (i + 0.5) / perDoubling);
  }
  return null;
}
