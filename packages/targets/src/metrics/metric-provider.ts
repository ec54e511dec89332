import type { MeasurementOutcome } from '@slipway/delivery';

/** Answers questions about a revision that has traffic. */
export interface MetricProvider {
  /** Never throws: what goes wrong is an outcome of kind `error`, and kept apart from `no-data`. */
  measure(question: MetricQuestion): Promise<MeasurementOutcome>;
}

export interface MetricQuestion {
  /** In the provider's own language: `MetricRule.query`. */
  query: string;
  revision: string;
  /** The old revision; null if there is none: the outcome then has no `baseline`. */
  baseline: string | null;
  /** How far back is looked, at most since the weight was set. */
  windowMs: number;
  signal?: AbortSignal;
}
