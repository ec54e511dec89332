import { describe, expect, test } from 'vitest';
import { readDeliveryConfig } from './read-delivery-config.ts';

const whole = `components:
  api:
    role: service
    options: { health: /health, port: 8000 }
  worker: { role: worker }
  migrations: { role: migration }
strategies:
  gentle:
    kind: canary
    steps:
      - { weight: 5%, hold: 2m }
      - { weight: 50%, hold: 1h30m, promotion: true }
    bake: 15m
analyses:
  live:
    patience: 5m
    metrics:
      error-rate: { provider: edge, query: error-rate, interval: 10s, threshold: "< 0.01", minimum-samples: 3 }
      p99: { provider: edge, query: latency-p99, interval: 10s, baseline: { bad: increase } }
environments:
  staging:
    target: process
    strategy: 10% every 3m
  production:
    target: { kind: ecs, options: { cluster: main } }
    reviewers: [alice, bob]
    wait-timer: 30m
    branches: [main]
    requires: staging
    freeze:
      - { from: 2026-12-20, until: 2027-01-03T08:00, time-zone: Europe/Berlin, reason: Holidays }
    peak-hours:
      - { days: mon-fri, hours: "09:00-17:00", time-zone: America/New_York }
    on-freeze: rollback
    strategy: gentle
    analysis: live
    gates: { tests: [ci], scan: high, sbom: true }
    smoke: ./scripts/smoke-tests-prod
`;
const read = (content: string) => readDeliveryConfig({ path: 'slipway.yml', content });
/** Replaces a part of the whole file, and tells what the reader finds then. */
const found = (from: string, to: string) => {
  expect(whole).toContain(from);
  const { value, diagnostics } = read(whole.replace(from, to));
  expect(value).toBeUndefined();
  return diagnostics.map(({ line, column, code }) => `${line}:${column} ${code}`);
};

test('instances are wanted by component, and rolled in batches', () => {
  const rolling = (strategy: string) =>
    read(
      whole.replace('strategy: 10% every 3m', `strategy: ${strategy}\n    instances: { api: 3, worker: 2 }`),
    ).value!.environments.staging;
  expect(rolling('{ kind: rolling, batch: 2, every: 10s }')).toMatchObject({
    instances: { api: 3, worker: 2 },
    strategy: { kind: 'rolling', batch: { kind: 'instances', count: 2 }, everyMs: 10_000, bakeMs: 300_000 },
  });
  expect(rolling('{ kind: rolling, batch: 25% }')!.strategy).toMatchObject({
    batch: { kind: 'percent', percent: 25 },
  });
  expect(rolling('rolling')!.strategy).toMatchObject({ batch: { kind: 'percent', percent: 25 } });
});

test.each([
  ['target: process', 'target: process\n    instances: { apo: 3 }', '23:23 unknown-name'],
  ['target: process', 'target: process\n    instances: { migrations: 3 }', '23:30 invalid-value'],
  ['target: process', 'target: process\n    instances: { api: 0 }', '23:23 out-of-range'],
  ['target: process', 'target: process\n    instances: 3', '23:16 wrong-type'],
  ['port: 8000', 'instances: many', '4:44 wrong-type'],
  ['port: 8000', 'instances: 200', '4:44 out-of-range'],
  ['strategy: 10% every 3m', 'strategy: { kind: rolling, batch: none }', '23:39 invalid-value'],
  ['strategy: 10% every 3m', 'strategy: { kind: rolling, max-surge: 1 }', '23:32 unknown-key'],
])('instances that can not be are told with their place: %s → %s', (from, to, expected) => {
  expect(found(from, to)).toEqual([expected]);
});

test('a comparison where all instances are replaced at once is refused', () => {
  const rolling = 'strategy: { kind: rolling, batch: 1, every: 10m }';
  expect(found('strategy: gentle', rolling).map((one) => one.split(' ')[1])).toEqual(['hopeless-analysis']);
  expect(
    read(whole.replace('strategy: gentle', `instances: { api: 2 }\n    ${rolling}`)).diagnostics,
  ).toEqual([]);
});

test('a whole file is read, with names resolved and defaults filled in', () => {
  const { value, diagnostics } = read(whole);
  expect(diagnostics).toEqual([]);
  const { staging, production } = value!.environments;
  expect(staging).toMatchObject({
    target: { kind: 'process', options: {} },
    strategy: { kind: 'linear', percent: 10, everyMs: 180_000, bakeMs: 300_000 },
    protection: { reviewers: [], preventSelfReview: true, waitMs: 0, approvalLifeMs: 86_400_000 },
    requires: null,
    analysis: null,
    onFreeze: 'hold',
  });
  expect(production).toMatchObject({
    target: { kind: 'ecs', options: { cluster: 'main' } },
    requires: 'staging',
    strategy: {
      kind: 'canary',
      steps: [
        { weight: 5, holdMs: 120_000, promotion: false },
        { weight: 50, holdMs: 5_400_000, promotion: true },
      ],
    },
    windows: [
      {
        kind: 'freeze',
        fromMs: Date.parse('2026-12-19T23:00:00Z'),
        untilMs: Date.parse('2027-01-03T07:00:00Z'),
      },
      {
        kind: 'peak-hours',
        weekdays: [1, 2, 3, 4, 5],
        fromMinute: 540,
        untilMinute: 1020,
        timeZone: 'America/New_York',
      },
    ],
    gates: { tests: ['ci'], scan: 'high', sbom: true, provenance: false },
  });
  expect(production!.analysis?.metrics.map(({ name, minimumSamples }) => [name, minimumSamples])).toEqual([
    ['error-rate', 3],
    ['p99', 5],
  ]);
});

describe('a mistake is told with its place', () => {
  test.each([
    ['an unknown key', 'requires: staging', 'require: staging', '29:5 unknown-key'],
    ['a missing key', '    target: process\n', '', '22:5 missing-key'],
    ['an environment that is not there', 'requires: staging', 'requires: stagin', '29:15 unknown-name'],
    [
      'an environment that requires itself',
      'requires: staging',
      'requires: production',
      '29:15 circular-requirement',
    ],
    ['a strategy that is not there', 'strategy: gentle', 'strategy: gentel', '35:15 unknown-name'],
    ['an analysis that is not there', 'analysis: live', 'analysis: dead', '36:15 unknown-name'],
    ['a duration', 'wait-timer: 30m', 'wait-timer: 30 minutes', '27:17 invalid-value'],
    ['a percentage', 'weight: 5%', 'weight: 500%', '11:19 invalid-value'],
    ['a weight of all', 'weight: 5%', 'weight: 100%', '11:19 invalid-value'],
    ['a time zone', 'time-zone: Europe/Berlin', 'time-zone: Europe/Berlim', '31:65 invalid-value'],
    ['a day that no calendar has', 'from: 2026-12-20', 'from: 2026-02-30', '31:17 invalid-value'],
    ['a freeze that ends before it begins', 'from: 2026-12-20', 'from: 2028-12-20', '31:9 invalid-value'],
    ['hours', '"09:00-17:00"', '"9-5"', '33:33 invalid-value'],
    ['a weekday', 'days: mon-fri', 'days: mon-fry', '33:17 invalid-value'],
    ['a role', 'role: worker', 'role: wroker', '5:19 invalid-value'],
    ['a target', 'target: process', 'target: kubernetes', '22:13 invalid-value'],
    ['text for a list', 'reviewers: [alice, bob]', 'reviewers: alice', '26:16 wrong-type'],
    ['text for a mapping', 'worker: { role: worker }', 'worker: worker', '5:11 wrong-type'],
    ['a key without a value', 'branches: [main]', 'branches:', '28:14 wrong-type'],
    ['a threshold', '"< 0.01"', '"about 0.01"', '18:82 invalid-value'],
    [
      'a metric with two judgements',
      'minimum-samples: 3',
      'baseline: { bad: either }',
      '18:19 invalid-value',
    ],
    ['a metric without a judgement', 'threshold: "< 0.01", ', '', '18:19 invalid-value'],
    ['a number out of range', 'minimum-samples: 3', 'minimum-samples: 0', '18:109 out-of-range'],
    [
      'a comparison where the two never have traffic together',
      'strategy: gentle',
      'strategy: blue-green',
      '36:15 hopeless-analysis',
    ],
    [
      'an analysis that can never be sure',
      'minimum-samples: 3',
      'minimum-samples: 500',
      '36:15 hopeless-analysis',
    ],
    ['a kind of strategy', 'kind: canary', 'kind: canari', '9:11 invalid-value'],
    ['a key twice', '  worker: { role: worker }', '  api: { role: worker }', '5:3 yaml-syntax'],
    ['a quote that is left open', '"< 0.01"', '"< 0.01', undefined],
  ])('%s', (_, from, to, expected) => {
    const findings = found(from, to);
    if (expected === undefined) expect(findings).toEqual([expect.stringContaining('yaml-syntax')]);
    else expect(findings).toEqual([expected]);
  });

  test('and a near name is proposed', () => {
    const { diagnostics } = read(whole.replace('requires: staging', 'requires: stagin'));
    expect(diagnostics[0]).toMatchObject({
      file: 'slipway.yml',
      mend: expect.stringContaining('did you mean `staging`'),
    });
  });

  test('all mistakes of a file at once', () => {
    const broken = whole
      .replace('role: worker', 'role: x')
      .replace('wait-timer: 30m', 'wait-timer: x')
      .replace('smoke:', 'smok:');
    expect(read(broken).diagnostics.map(({ code }) => code)).toEqual([
      'invalid-value',
      'invalid-value',
      'unknown-key',
    ]);
  });

  test.each(['', '# nothing\n', '---\n'])('an empty file %j', (content) => {
    expect(read(content)).toMatchObject({
      value: undefined,
      diagnostics: [{ code: 'empty-file', line: 1, column: 1 }],
    });
  });

  test.each(['[]', 'text', '1', 'a: b\n---\nc: d\n', '\u0000', '&a *a', '? {a: b}\n: c'])(
    'a file of something else: %j',
    (content) => {
      const { value, diagnostics } = read(content);
      expect(value).toBeUndefined();
      expect(diagnostics.length).toBeGreaterThan(0);
    },
  );
});
