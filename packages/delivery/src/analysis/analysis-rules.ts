/** How a revision is watched while it has traffic. */
export interface AnalysisRules {
  metrics: MetricRule[];
  /** How long a weight is held beyond its time while the verdict is in doubt, before the rollout is taken back. */
  doubtBudgetMs: number;
}

export interface MetricRule {
  name: string;
  /** Which metric provider is asked: `edge`, `prometheus`, `http`, `command`. */
  provider: string;
  /** In the provider's own language. */
  query: string;
  intervalMs: number;
  /** Values that must be there before the metric can pass. At least 1: no data is never success. */
  minimumSamples: number;
  /** Errors of the provider in a row after which the metric is in doubt. Argo Rollouts' default is 4. */
  consecutiveErrorLimit: number;
  judgement: Judgement;
}

export type Judgement = ThresholdJudgement | BaselineJudgement;

/** Each value of the new revision is held against a constant. */
export interface ThresholdJudgement {
  kind: 'threshold';
  operator: '<' | '<=' | '>' | '>=';
  value: number;
  /** Values on the wrong side that are still forgiven. */
  failureLimit: number;
}

/** The values of the new revision are held against those of the old one over the same time. */
export interface BaselineJudgement {
  kind: 'baseline';
  /** Which change is bad. */
  bad: 'increase' | 'decrease' | 'either';
  /** Share of the estimated shift that the confidence interval must lie beyond. Kayenta's default is 0.25. */
  tolerance: number;
  /** Kayenta's is 0.98. */
  confidence: number;
  /** Share of the baseline's median that a shift must have to matter, e.g. 0.1: what is only significant is no harm. */
  minimumChange: number;
}

/** What is left to hold a revision against where no other one has traffic; null: nothing. */
export function withoutComparisons(analysis: AnalysisRules | null): AnalysisRules | null {
  const metrics = analysis?.metrics.filter(({ judgement }) => judgement.kind === 'threshold') ?? [];
  return analysis && metrics.length > 0 ? { ...analysis, metrics } : null;
}
