import { OpenAPIHono } from '@hono/zod-openapi';
import { requestId } from 'hono/request-id';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { AppEnv } from '../http/app-env.ts';
import { problem } from '../http/problem.ts';
import { requestLog } from '../http/request-log.ts';
import { metricsRoutes } from '../metrics/metrics-routes.ts';
import { type HealthServices, healthRoutes } from './health-routes.ts';

/** What a process without an API of its own shows to those who run it. */
export function createOperationsApp(
  services: HealthServices & { log: Logger; monotonicMs: () => number; registry: Registry },
): OpenAPIHono<AppEnv> {
  const app = new OpenAPIHono<AppEnv>();
  app.use(requestId());
  app.use(requestLog(services));
  app.notFound((context) => problem(context, 'not-found'));
  app.route('/', healthRoutes(services));
  app.route('/', metricsRoutes(services.registry));
  return app;
}
