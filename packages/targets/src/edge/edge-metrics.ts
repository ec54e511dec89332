import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { createTrafficRecord, type TrafficFigures, type TrafficRecord } from './traffic-record.ts';

/** Counts what the edge does, for Prometheus and for the analysis of rollouts. */
export interface EdgeMetrics {
  /** `status` null: the revision gave no answer. */
  record(revision: string, answer: { status: number | null; durationMs: number }): void;
  figures(windowMs: number): Record<string, TrafficFigures>;
  forget(revision: string): void;
  text(): Promise<string>;
}

export interface Gauged {
  weight: number;
  active: number;
  up: number;
}

const bucketsSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export function createEdgeMetrics(gauged: () => Record<string, Gauged>): EdgeMetrics {
  const registry = new Registry();
  const options = { registers: [registry], labelNames: ['revision'] as const };
  const requests = new Counter({
    name: 'slipway_edge_requests_total',
    help: 'Requests by the revision that got them and the class of the answer; code "none": no answer.',
    registers: [registry],
    labelNames: ['revision', 'code'] as const,
  });
  const durations = new Histogram({
    name: 'slipway_edge_request_duration_seconds',
    help: "From a request's head to the end of its answer.",
    buckets: bucketsSeconds,
    ...options,
  });
  gauge('slipway_edge_weight_percent', 'Share of the requests that a revision is to get.', 'weight');
  gauge('slipway_edge_active_requests', 'Requests that are under way.', 'active');
  gauge('slipway_edge_instances_up', 'Instances that answer their checks.', 'up');
  const records = new Map<string, TrafficRecord>();

  function gauge(name: string, help: string, key: keyof Gauged): void {
    new Gauge({
      name,
      help,
      ...options,
      collect() {
        this.reset();
        for (const [revision, values] of Object.entries(gauged())) this.set({ revision }, values[key]);
      },
    });
  }

  return {
    record(revision, { status, durationMs }) {
      const code = status === null ? 'none' : `${Math.floor(status / 100)}xx`;
      requests.inc({ revision, code });
      durations.observe({ revision }, durationMs / 1000);
      const record = records.get(revision) ?? createTrafficRecord();
      records.set(revision, record);
      record.add({ durationMs, isError: status === null || status >= 500 }, Date.now());
    },
    figures: (windowMs) =>
      Object.fromEntries([...records].map(([name, record]) => [name, record.figures(windowMs, Date.now())])),
    forget(revision) {
      records.delete(revision);
      durations.remove({ revision });
      for (const code of ['none', '1xx', '2xx', '3xx', '4xx', '5xx']) requests.remove({ revision, code });
    },
    text: () => registry.metrics(),
  };
}
