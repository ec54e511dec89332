import { median } from 'simple-statistics';
import type { AnalysisRules, BaselineJudgement, MetricRule, ThresholdJudgement } from './analysis-rules.ts';
import { type MannWhitney, mannWhitney } from './mann-whitney.ts';
import { emptyRecord, type MetricRecord } from './measurement.ts';

/** The judgement of what was measured. An error of a provider is no verdict: it leaves the metric in doubt. */
export type Verdict =
  | { kind: 'pass'; metrics: MetricVerdict[] }
  | { kind: 'fail'; reason: string; metrics: MetricVerdict[] }
  | { kind: 'inconclusive'; reason: string; metrics: MetricVerdict[] };

export interface MetricVerdict {
  metric: string;
  kind: 'pass' | 'fail' | 'inconclusive';
  /** A sentence for a person, with the figures. */
  reason: string;
  samples: number;
  comparison?: MannWhitney;
}

/** A metric that fails fails all; else one in doubt leaves all in doubt. Without metrics there is nothing to doubt. */
export function assessAnalysis(rules: AnalysisRules, records: readonly MetricRecord[]): Verdict {
  const metrics = rules.metrics.map((rule) =>
    assessMetric(rule, records.find(({ metric }) => metric === rule.name) ?? emptyRecord(rule.name, 0)),
  );
  for (const kind of ['fail', 'inconclusive'] as const) {
    const reasons = metrics.filter((one) => one.kind === kind).map(({ reason }) => reason);
    if (reasons.length > 0) return { kind, reason: reasons.join(' '), metrics };
  }
  return { kind: 'pass', metrics };
}

/** A failure that the values show stands even if the provider has stopped answering since. */
export function assessMetric(rule: MetricRule, record: MetricRecord): MetricVerdict {
  const judged =
    rule.judgement.kind === 'threshold'
      ? assessThreshold(rule, rule.judgement, record)
      : assessBaseline(rule, rule.judgement, record);
  if (judged.kind === 'fail') return judged;
  const doubt = doubtOf(rule, record);
  return doubt === undefined ? judged : verdictOf(rule, record, 'inconclusive', doubt);
}

function doubtOf(rule: MetricRule, record: MetricRecord): string | undefined {
  const { name, consecutiveErrorLimit, minimumSamples } = rule;
  const { consecutiveErrors, lastError, noData, values } = record;
  if (consecutiveErrors > consecutiveErrorLimit) {
    return `${name}: ${rule.provider} failed ${consecutiveErrors} times in a row: ${lastError}.`;
  }
  if (values.length < minimumSamples) {
    const errors = lastError === null ? '' : ` The last error: ${lastError}.`;
    return `${name}: ${values.length} of at least ${minimumSamples} samples.${errors}`;
  }
  if (noData >= values.length)
    return `${name}: no data in ${noData} of ${noData + values.length} measurements.`;
  return undefined;
}

function assessThreshold(
  rule: MetricRule,
  judgement: ThresholdJudgement,
  record: MetricRecord,
): MetricVerdict {
  const { operator, value, failureLimit } = judgement;
  const wrong = record.values.filter((one) => !holds(one, operator, value));
  const count = `${wrong.length} of ${record.values.length} samples were not ${operator} ${value}`;
  if (wrong.length > failureLimit) {
    const worst = operator.startsWith('<') ? Math.max(...wrong) : Math.min(...wrong);
    return verdictOf(rule, record, 'fail', `${rule.name}: ${count}; the worst was ${worst}.`);
  }
  return verdictOf(rule, record, 'pass', `${rule.name}: ${count}.`);
}

function holds(value: number, operator: ThresholdJudgement['operator'], limit: number): boolean {
  switch (operator) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    default:
      return operator satisfies never;
  }
}

/**
 * Kayenta's rule: the metric is high if the lower end of the shift's interval lies above the tolerated share of the estimate, low if
 * the upper end lies below it. Beyond Kayenta's rule the shift must also matter (`minimumChange`).
 */
function assessBaseline(rule: MetricRule, judgement: BaselineJudgement, record: MetricRecord): MetricVerdict {
  const { values, baseline } = record;
  if (values.length === 0 || baseline.length === 0) {
    return verdictOf(rule, record, 'inconclusive', `${rule.name}: nothing to compare.`);
  }
  const comparison = mannWhitney(baseline, values, judgement.confidence);
  const { estimate, interval } = comparison;
  const usual = median(baseline);
  const figures = `the median went from ${round(usual)} to ${round(median(values))}, shift ${round(estimate)}, p = ${round(comparison.pValue)}`;
  if (interval === null) {
    const reason = `${rule.name}: too few samples for ${judgement.confidence * 100} % confidence.`;
    return { ...verdictOf(rule, record, 'inconclusive', reason), comparison };
  }
  const tolerated = judgement.tolerance * Math.abs(estimate);
  const matters = Math.abs(estimate) >= judgement.minimumChange * Math.abs(usual);
  const isHigh = judgement.bad !== 'decrease' && interval.lower > tolerated;
  const isLow = judgement.bad !== 'increase' && interval.upper < -tolerated;
  const kind = matters && (isHigh || isLow) ? 'fail' : 'pass';
  return { ...verdictOf(rule, record, kind, `${rule.name}: ${figures}.`), comparison };
}

function verdictOf(
  { name }: MetricRule,
  { values }: MetricRecord,
  kind: MetricVerdict['kind'],
  reason: string,
): MetricVerdict {
  return { metric: name, kind, reason, samples: values.length };
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
