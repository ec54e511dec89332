import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { Build } from '../config/variables.ts';
import type { AppEnv } from '../http/app-env.ts';

/** A registry of its own for each process, with Node's metrics and the build as labels of every series. */
export function createRegistry(service: string, build: Build): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service, version: build.version });
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** Counts and times requests by method, route and status; by the route's pattern, since ids would make endless series. */
export function measureRequests({
  registry,
  monotonicMs,
}: {
  registry: Registry;
  monotonicMs: () => number;
}): MiddlewareHandler<AppEnv> {
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the arrival of a request to its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  return async (context, next) => {
    const begun = monotonicMs();
    await next();
    const labels = {
      method: context.req.method,
      route: routePath(context, -1),
      status: String(context.res.status),
    };
    duration.observe(labels, (monotonicMs() - begun) / 1000);
  };
}
