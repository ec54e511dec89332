import { describe, expect, test } from 'vitest';
import type { AnalysisRules, MetricRule } from './analysis-rules.ts';
import { assessAnalysis, assessMetric } from './assess-analysis.ts';
import { emptyRecord, type MeasurementOutcome, recordMeasurement } from './measurement.ts';

const errorRate: MetricRule = {
  name: 'error-rate',
  provider: 'edge',
  query: 'error-rate',
  intervalMs: 10_000,
  minimumSamples: 3,
  consecutiveErrorLimit: 4,
  judgement: { kind: 'threshold', operator: '<', value: 0.01, failureLimit: 0 },
};
const latency: MetricRule = {
  ...errorRate,
  name: 'p99',
  minimumSamples: 8,
  judgement: { kind: 'baseline', bad: 'increase', tolerance: 0.25, confidence: 0.98, minimumChange: 0.1 },
};

const value = (revision: number, baseline?: number): MeasurementOutcome =>
  baseline === undefined ? { kind: 'value', revision } : { kind: 'value', revision, baseline };
const noData: MeasurementOutcome = { kind: 'no-data' };
const outage: MeasurementOutcome = { kind: 'error', message: 'connection refused' };
const after = (rule: MetricRule, outcomes: MeasurementOutcome[]) =>
  outcomes.reduce(
    (record, outcome, i) => recordMeasurement(record, rule, { metric: rule.name, atMs: i, outcome }),
    emptyRecord(rule.name, 0),
  );
const verdict = (rule: MetricRule, outcomes: MeasurementOutcome[]) =>
  assessMetric(rule, after(rule, outcomes));
const around = (base: number) => Array.from({ length: 10 }, (_, i) => base * (1 + ((i * 7) % 10) / 100));

describe('a threshold', () => {
  test('passes when enough samples are on its side', () => {
    expect(verdict(errorRate, [value(0), value(0.002), value(0.009)]).kind).toBe('pass');
  });

  test('fails with the first sample beyond what is forgiven, however few there are', () => {
    expect(verdict(errorRate, [value(0.2)])).toMatchObject({
      kind: 'fail',
      reason: expect.stringContaining('0.2'),
    });
    const lenient: MetricRule = {
      ...errorRate,
      judgement: { kind: 'threshold', operator: '<', value: 0.01, failureLimit: 1 },
    };
    expect(verdict(lenient, [value(0), value(0.2), value(0)]).kind).toBe('pass');
    expect(verdict(lenient, [value(0.3), value(0.2), value(0)]).kind).toBe('fail');
  });

  test.each([
    ['<', [1], [2, 3]],
    ['<=', [1, 2], [3]],
    ['>', [3], [1, 2]],
    ['>=', [2, 3], [1]],
  ] as const)('with %s 2 takes the right values', (operator, good, bad) => {
    const rule: MetricRule = {
      ...errorRate,
      minimumSamples: 1,
      judgement: { kind: 'threshold', operator, value: 2, failureLimit: 0 },
    };
    for (const one of good) expect(verdict(rule, [value(one)]).kind).toBe('pass');
    for (const one of bad) expect(verdict(rule, [value(one)]).kind).toBe('fail');
  });
});

describe('no success comes', () => {
  test('of no measurement at all', () => {
    expect(verdict(errorRate, []).kind).toBe('inconclusive');
  });

  test('of no traffic', () => {
    expect(
      verdict(
        errorRate,
        Array.from({ length: 20 }, () => noData),
      ).kind,
    ).toBe('inconclusive');
  });

  test('of too few samples', () => {
    expect(verdict(errorRate, [value(0), value(0)])).toMatchObject({
      kind: 'inconclusive',
      reason: expect.stringContaining('2 of at least 3'),
    });
  });

  test('when half of the measurements have no data', () => {
    expect(verdict(errorRate, [value(0), noData, value(0), noData, value(0), noData]).kind).toBe(
      'inconclusive',
    );
  });

  test('of values that are no numbers, or have no baseline to be compared with', () => {
    expect(
      verdict(
        errorRate,
        Array.from({ length: 5 }, () => value(Number.NaN)),
      ).kind,
    ).toBe('inconclusive');
    expect(
      verdict(
        latency,
        Array.from({ length: 10 }, () => value(1)),
      ).kind,
    ).toBe('inconclusive');
  });
});

describe('errors of the provider', () => {
  test('are neither failure nor success: four in a row are borne, the fifth leaves the metric in doubt', () => {
    const good = [value(0), value(0), value(0)];
    expect(verdict(errorRate, [...good, outage, outage, outage, outage]).kind).toBe('pass');
    expect(verdict(errorRate, [...good, outage, outage, outage, outage, outage])).toMatchObject({
      kind: 'inconclusive',
      reason: expect.stringContaining('connection refused'),
    });
  });

  test('count in a row only', () => {
    const outcomes = Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? outage : value(0)));
    expect(verdict(errorRate, outcomes).kind).toBe('pass');
  });

  test('do not hide a failure that was seen before', () => {
    expect(verdict(errorRate, [value(1), outage, outage, outage, outage, outage]).kind).toBe('fail');
  });
});

describe('against the baseline', () => {
  const pairs = (factor: number) =>
    around(200).map((one, i) => value(one * factor, around(200)[(i + 3) % 10]));

  test('40 % more fails, with the evidence', () => {
    const judged = verdict(latency, pairs(1.4));
    expect(judged).toMatchObject({ kind: 'fail', samples: 10 });
    expect(judged.comparison?.estimate).toBeGreaterThan(60);
    expect(judged.comparison?.interval?.lower).toBeGreaterThan(0);
  });

  test('the same, or less where only more is bad, passes', () => {
    expect(verdict(latency, pairs(1)).kind).toBe('pass');
    expect(verdict(latency, pairs(0.6)).kind).toBe('pass');
  });

  test('less fails where less is bad', () => {
    const throughput: MetricRule = {
      ...latency,
      judgement: {
        ...latency.judgement,
        kind: 'baseline',
        bad: 'decrease',
        tolerance: 0.25,
        confidence: 0.98,
        minimumChange: 0.1,
      },
    };
    expect(verdict(throughput, pairs(0.6)).kind).toBe('fail');
    expect(verdict(throughput, pairs(1.4)).kind).toBe('pass');
  });

  test('a shift that is significant and too small to matter passes', () => {
    const steady = Array.from({ length: 10 }, (_, i) => value(203 + i / 10, 200 + i / 10));
    expect(verdict(latency, steady)).toMatchObject({ kind: 'pass' });
    expect(verdict(latency, steady).comparison?.pValue).toBeLessThan(0.02);
  });
});

test('one failing metric fails the analysis, one in doubt leaves it in doubt', () => {
  const rules: AnalysisRules = { metrics: [errorRate, { ...errorRate, name: 'restarts' }], doubtBudgetMs: 0 };
  const good = [value(0), value(0), value(0)];
  const kindOf = (first: MeasurementOutcome[], second: MeasurementOutcome[]) =>
    assessAnalysis(rules, [after(errorRate, first), { ...after(errorRate, second), metric: 'restarts' }])
      .kind;
  expect(kindOf(good, good)).toBe('pass');
  expect(kindOf(good, [])).toBe('inconclusive');
  expect(kindOf([value(1)], [])).toBe('fail');
});
