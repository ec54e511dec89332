import {
  addLatencies,
  createLatencyHistogram,
  type LatencyHistogram,
  latencyAt,
  recordLatency,
} from './latency-histogram.ts';

/** What became of requests within a time. */
export interface TrafficFigures {
  requests: number;
  /** Answers of 500 and above, and requests that got no answer from the revision. */
  errors: number;
  /** In milliseconds, from the request's head to the answer's end; null without requests. */
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

/** Requests of one revision, second by second. */
export interface TrafficRecord {
  add(request: { durationMs: number; isError: boolean }, nowMs: number): void;
  /** Of the last `windowMs`, at most a quarter of an hour. */
  figures(windowMs: number, nowMs: number): TrafficFigures;
}

interface Second {
  second: number;
  errors: number;
  latencies: LatencyHistogram;
}

const keptSeconds = 900;

export function createTrafficRecord(): TrafficRecord {
  // A ring: a second lies where the one a quarter of an hour before it did.
  const ring: (Second | undefined)[] = new Array(keptSeconds);
  return {
    add({ durationMs, isError }, nowMs) {
      const second = Math.floor(nowMs / 1000);
      const place = second % keptSeconds;
      let record = ring[place];
      if (record?.second !== second) {
        record = { second, errors: 0, latencies: createLatencyHistogram() };
        ring[place] = record;
      }
      recordLatency(record.latencies, durationMs);
      if (isError) record.errors += 1;
    },
    figures(windowMs, nowMs) {
      const oldest = Math.floor((nowMs - windowMs) / 1000);
      const latencies = createLatencyHistogram();
      let errors = 0;
      for (const record of ring) {
        if (!record || record.second < oldest || record.second <= nowMs / 1000 - keptSeconds) continue;
        addLatencies(latencies, record.latencies);
        errors += record.errors;
      }
      const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => latencyAt(latencies, share)) as [
        number | null,
        number | null,
        number | null,
      ];
      return { requests: latencies.total, errors, p50, p95, p99 };
    },
  };
}
