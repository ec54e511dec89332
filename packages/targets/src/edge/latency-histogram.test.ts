import { expect, test } from 'vitest';
import { addLatencies, createLatencyHistogram, latencyAt, recordLatency } from './latency-histogram.ts';

test('a percentile is off by less than 5 %', () => {
  const histogram = createLatencyHistogram();
  for (let i = 1; i <= 10_000; i++) recordLatency(histogram, i / 10);
  for (const [share, exact] of [
    [0.5, 500],
    [0.95, 950],
    [0.99, 990],
  ] as const) {
    expect(Math.abs(latencyAt(histogram, share)! - exact) / exact).toBeLessThan(0.05);
  }
});

test('the slowest and the quickest fall into the outermost buckets, and sums are sums', () => {
  const [one, other] = [createLatencyHistogram(), createLatencyHistogram()];
  recordLatency(one, 0);
  recordLatency(other, 1e9);
  addLatencies(one, other);
  expect(one.total).toBe(2);
  expect(latencyAt(one, 0.01)).toBeLessThan(0.1);
  expect(latencyAt(one, 1)).toBeGreaterThan(100_000);
  expect(latencyAt(createLatencyHistogram(), 0.5)).toBeNull();
});
