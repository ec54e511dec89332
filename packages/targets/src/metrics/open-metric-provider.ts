import { createEdgeClient } from '../edge/edge-client.ts';
import { edgeDirectoryOf, openHost, optionsOf, supervisorOf } from '../open-target.ts';
import type { TargetOptions } from '../target.ts';
import { createCommandProvider } from './command-provider.ts';
import { createEdgeProvider } from './edge-provider.ts';
import { createHttpProvider } from './http-provider.ts';
import type { MetricProvider } from './metric-provider.ts';
import { createPrometheusProvider } from './prometheus-provider.ts';

/** @throws when there is no such provider, or the target's options lack what it needs */
export async function openMetricProvider(provider: string, options: TargetOptions): Promise<MetricProvider> {
  const { prometheusUrl, metricsUrl } = optionsOf(options);
  switch (provider) {
    case 'edge': {
      const directory = edgeDirectoryOf(options.directory);
      const edge = createEdgeClient(directory, options.command(['edge', '--state', directory]));
      return createEdgeProvider(edge, await openHost(options, supervisorOf(options)));
    }
    case 'prometheus':
      if (prometheusUrl === null) {
        throw new Error(
          `environments.${options.environment}.target.options: Prometheus needs \`prometheus-url\``,
        );
      }
      return createPrometheusProvider(prometheusUrl);
    case 'http':
      return createHttpProvider(metricsUrl);
    case 'command':
      return createCommandProvider(options.directory);
    default:
      throw new Error(`there is no metric provider ${provider}`);
  }
}
