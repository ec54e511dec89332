export type { MetricProvider, MetricQuestion } from './metrics/metric-provider.ts';
export type * from './target.ts';
