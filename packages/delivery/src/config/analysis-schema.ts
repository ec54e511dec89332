import type { AnalysisRules, Judgement, MetricRule } from '../analysis/analysis-rules.ts';
import {
  choice,
  mapped,
  mapping,
  named,
  number,
  optional,
  parsed,
  required,
  type Schema,
  text,
} from './schema.ts';
import { duration } from './strategy-schema.ts';
import { readThreshold } from './value-forms.ts';

/** Fewer can't show a difference with 98 % confidence, see `mannWhitney`. */
export const fewestComparedSamples = 5;

/** `analyses.<name>`, with metrics under their names. */
export function analysisMapping(): Schema<AnalysisRules> {
  return mapped(
    mapping({ metrics: required(named(metric())), patience: optional(duration, 10 * 60_000) }),
    ({ metrics, patience }) => ({
      metrics: Object.entries(metrics).map(([name, rule]) => ({ name, ...rule })),
      doubtBudgetMs: patience,
    }),
  );
}

interface WrittenMetric {
  provider: string;
  query: string;
  interval: number;
  'minimum-samples': number | null;
  'error-limit': number;
  'failure-limit': number;
  threshold: ReturnType<typeof readThreshold> | null;
  baseline: Omit<Extract<Judgement, { kind: 'baseline' }>, 'kind'> | null;
}

function metric(): Schema<Omit<MetricRule, 'name'>> {
  const written = mapping<WrittenMetric>({
    provider: required(choice(['edge', 'prometheus', 'http', 'command'])),
    query: required(text),
    interval: optional(duration, 30_000),
    'minimum-samples': optional(number({ least: 1, most: 1000, whole: true }), null),
    'error-limit': optional(number({ least: 0, most: 100, whole: true }), 4),
    'failure-limit': optional(number({ least: 0, most: 1000, whole: true }), 0),
    threshold: optional(parsed(readThreshold, '`< 0.01` or `>= 3`'), null),
    baseline: optional(baseline(), null),
  });
  return (place, reading) => {
    const value = written(place, reading);
    if (!value) return undefined;
    const judgement = judgementOf(value);
    if (judgement) return toRule(value, judgement);
    reading.findings.add({
      at: place.at,
      code: 'invalid-value',
      message: `${place.path} has ${value.threshold ? 'both a `threshold` and a `baseline`' : 'neither a `threshold` nor a `baseline`'}.`,
      mend: 'Give exactly one of the two.',
    });
    return undefined;
  };
}

function baseline(): Schema<NonNullable<WrittenMetric['baseline']>> {
  return mapped(
    mapping({
      bad: required(choice(['increase', 'decrease', 'either'])),
      tolerance: optional(number({ least: 0, most: 10 }), 0.25),
      confidence: optional(number({ least: 0.5, most: 0.999 }), 0.98),
      'minimum-change': optional(number({ least: 0, most: 10 }), 0.1),
    }),
    ({ 'minimum-change': minimumChange, ...rest }) => ({ ...rest, minimumChange }),
  );
}

function judgementOf({
  threshold,
  baseline: compared,
  'failure-limit': failureLimit,
}: WrittenMetric): Judgement | undefined {
  if (threshold && compared) return undefined;
  if (threshold) return { kind: 'threshold', ...threshold, failureLimit };
  return compared ? { kind: 'baseline', ...compared } : undefined;
}

function toRule(written: WrittenMetric, judgement: Judgement): Omit<MetricRule, 'name'> {
  const fewest = judgement.kind === 'baseline' ? fewestComparedSamples : 1;
  return {
    provider: written.provider,
    query: written.query,
    intervalMs: Math.max(1000, written.interval),
    minimumSamples: Math.max(fewest, written['minimum-samples'] ?? fewest),
    consecutiveErrorLimit: written['error-limit'],
    judgement,
  };
}
