import type { MetricRule } from './analysis-rules.ts';

/** What one question to a metric provider brought. */
export interface Measurement {
  metric: string;
  atMs: number;
  outcome: MeasurementOutcome;
}

export type MeasurementOutcome =
  | {
      kind: 'value';
      /** Of the new revision. */
      revision: number;
      /** Of the old revision over the same time; needed by a judgement against the baseline. */
      baseline?: number;
    }
  /** The provider answered and had nothing: no traffic, perhaps. Says nothing of the revision. */
  | { kind: 'no-data' }
  /** The provider did not answer. Says nothing of the revision either. */
  | { kind: 'error'; message: string };

/** All that was measured of one metric during one hold. Plain JSON. */
export interface MetricRecord {
  metric: string;
  lastAtMs: number;
  /** The last `keptSamples` of them. */
  values: number[];
  baseline: number[];
  noData: number;
  consecutiveErrors: number;
  /** Of the last error; null if there was none. */
  lastError: string | null;
}

export function emptyRecord(metric: string, atMs: number): MetricRecord {
  return {
    metric,
    lastAtMs: atMs,
    values: [],
    baseline: [],
    noData: 0,
    consecutiveErrors: 0,
    lastError: null,
  };
}

/** A value that can't be compared (not finite, or without the baseline it needs) counts as no data. */
export function recordMeasurement(
  record: MetricRecord,
  rule: MetricRule,
  { atMs, outcome }: Measurement,
): MetricRecord {
  const answered = { ...record, lastAtMs: atMs, consecutiveErrors: 0 };
  switch (outcome.kind) {
    case 'error':
      return {
        ...record,
        lastAtMs: atMs,
        consecutiveErrors: record.consecutiveErrors + 1,
        lastError: outcome.message,
      };
    case 'no-data':
      return { ...answered, noData: record.noData + 1 };
    case 'value': {
      const { revision, baseline } = outcome;
      const needed = rule.judgement.kind === 'baseline' ? [revision, baseline] : [revision];
      if (!needed.every(Number.isFinite)) return { ...answered, noData: record.noData + 1 };
      return {
        ...answered,
        values: kept(record.values, revision),
        baseline: baseline === undefined ? record.baseline : kept(record.baseline, baseline),
      };
    }
    default:
      return outcome satisfies never;
  }
}

/** A comparison takes the square of it in time, and a hold may last until a person comes. */
const keptSamples = 100;

function kept(values: readonly number[], value: number): number[] {
  return [...values, value].slice(-keptSamples);
}
