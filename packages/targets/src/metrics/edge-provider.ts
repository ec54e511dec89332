import type { EdgeClient } from '../edge/edge-client.ts';
import type { TrafficFigures } from '../edge/traffic-record.ts';
import type { Host } from '../host/host.ts';
import { measureBoth, type Reading } from './measure-both.ts';
import type { MetricProvider } from './metric-provider.ts';

/** What the edge can be asked for. */
const figures: Record<string, (figures: TrafficFigures, windowMs: number) => Reading> = {
  /** Share of the requests that failed, 0–1. */
  'error-rate': ({ requests, errors }) => errors / requests,
  /** In milliseconds. */
  'latency-p50': ({ p50 }) => p50,
  'latency-p95': ({ p95 }) => p95,
  'latency-p99': ({ p99 }) => p99,
  'requests-per-second': ({ requests }, windowMs) => requests / (windowMs / 1000),
};

/** The edge counts in whole seconds. */
const shortestWindowMs = 1_000;

/** What the edge has seen of a revision within the window, and how often its instances had to be started again since they were placed. */
export function createEdgeProvider(
  edge: Pick<EdgeClient, 'figures'>,
  host: Pick<Host, 'instances'>,
): MetricProvider {
  return {
    async measure(question) {
      const { query, signal } = question;
      const windowMs = Math.max(shortestWindowMs, question.windowMs);
      if (query === 'restarts') return measureBoth(question, (revision) => restartsOf(host, revision));
      const figure = figures[query];
      if (!figure) {
        const known = [...Object.keys(figures), 'restarts'].join(', ');
        return { kind: 'error', message: `the edge knows no ${query}; it knows ${known}` };
      }
      return measureBoth(question, async (revision) => {
        const seen = (await edge.figures(windowMs, signal))[revision];
        return seen === undefined || seen.requests === 0 ? null : figure(seen, windowMs);
      });
    },
  };
}

async function restartsOf(host: Pick<Host, 'instances'>, revision: string): Promise<Reading> {
  const instances = (await host.instances()).filter((instance) => instance.revision === revision);
  return instances.length === 0 ? null : instances.reduce((sum, { restarts }) => sum + restarts, 0);
}
