import type { Meddling } from './meddled-target.ts';

/** What `slipway.yml` says of the one environment, besides its name and target; steps are short so that tests are. */
export interface WorldOptions extends Meddling {
  /** YAML lines of the environment `production`. */
  rules?: string[];
  analysis?: boolean;
  migrations?: boolean;
  /** Of the environment; default a quarter each two seconds. */
  strategy?: string;
  /** Metrics in the place of the usual one, YAML lines. */
  metrics?: string[];
  /** Of the migrations, in the place of the usual one. */
  migrate?: string;
  /** Whether this process drives; default true. */
  drives?: boolean;
}

const usualMetrics = ['errors: { provider: edge, query: error-rate, interval: 1s, threshold: "< 0.05" }'];

export function configOf(options: WorldOptions, metricsUrl: string): string {
  const { rules = [], analysis = true, migrations = false, metrics = usualMetrics } = options;
  const strategy = options.strategy ?? '{ kind: linear, percent: 25%, every: 2s, bake: 2s }';
  const node = JSON.stringify(process.execPath).slice(1, -1);
  const migrate = options.migrate ?? `exec '${node}' migrate.mjs up`;
  return [
    'components:',
    '  api:',
    '    role: service',
    `    options: { command: "exec '${node}' server.mjs", ready: /health, live: /health, check-every: 200ms, ready-timeout: 5s, stop-timeout: 5s }`,
    ...(migrations
      ? [
          '  migrations:',
          '    role: migration',
          `    options: { command: "${migrate}", pending: "'${node}' migrate.mjs pending" }`,
        ]
      : []),
    'environments:',
    '  production:',
    '    target:',
    '      kind: process',
    `      options: { drain: 2s, metrics-url: "${metricsUrl}" }`,
    `    strategy: ${strategy}`,
    ...(analysis
      ? ['    analysis:', '      patience: 3s', '      metrics:', ...metrics.map((line) => `        ${line}`)]
      : []),
    ...rules.map((line) => `    ${line}`),
    '',
  ].join('\n');
}
