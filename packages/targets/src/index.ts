export type { MetricProvider, MetricQuestion } from './metrics/metric-provider.ts';
export { openMetricProvider } from './metrics/open-metric-provider.ts';
export { openTarget } from './open-target.ts';
export type * from './target.ts';
