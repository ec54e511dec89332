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
  /** Makes an image of a component's folder, `repository@sha256:…`: releases then run as containers of it. */
  image?: (folder: string, name: string) => Promise<string>;
  /** Whether this process drives; default true. */
  drives?: boolean;
}

const usualMetrics = ['errors: { provider: edge, query: error-rate, interval: 1s, threshold: "< 0.05" }'];

export function configOf(options: WorldOptions, metricsUrl: string, root: string): string {
  const { rules = [], analysis = true, migrations = false, metrics = usualMetrics } = options;
  const strategy = options.strategy ?? '{ kind: linear, percent: 25%, every: 2s, bake: 2s }';
  const node = options.image ? 'node' : JSON.stringify(process.execPath).slice(1, -1);
  // Containers see the world's files at the same place.
  const inContainer = options.image ? `, volumes: "${root}:${root}"` : '';
  const migrate = options.migrate ?? `exec '${node}' migrate.mjs up`;
  return [
    'components:',
    '  api:',
    '    role: service',
    `    options: { command: "exec '${node}' server.mjs", ready: /health, live: /health, check-every: 200ms, ready-timeout: ${options.image ? '20s' : '5s'}, stop-timeout: 5s${options.image ? ', port: 8080' : ''}${inContainer} }`,
    ...(migrations
      ? [
          '  migrations:',
          '    role: migration',
          `    options: { command: "${migrate}", pending: "'${node}' migrate.mjs pending"${inContainer} }`,
        ]
      : []),
    'environments:',
    '  production:',
    '    target:',
    `      kind: ${options.image ? 'docker' : 'process'}`,
    `      options: { drain: 2s, metrics-url: "${metricsUrl}" }`,
    `    strategy: ${strategy}`,
    ...(analysis
      ? ['    analysis:', '      patience: 3s', '      metrics:', ...metrics.map((line) => `        ${line}`)]
      : []),
    ...rules.map((line) => `    ${line}`),
    '',
  ].join('\n');
}
