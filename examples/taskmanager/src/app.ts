import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { requestId } from 'hono/request-id';
import { secureHeaders } from 'hono/secure-headers';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { type AuthServices, authRoutes } from './auth/auth-routes.ts';
import { authenticate } from './auth/authenticate.ts';
import { userRoutes } from './auth/user-routes.ts';
import type { Faults } from './faults/faults.ts';
import { injectFaults } from './faults/inject-faults.ts';
import { type HealthServices, healthRoutes } from './health/health-routes.ts';
import type { AppEnv } from './http/app-env.ts';
import { problem } from './http/problem.ts';
import { type RateLimiter, rateLimit } from './http/rate-limit.ts';
import { requestLog } from './http/request-log.ts';
import { measureRequests } from './metrics/metrics.ts';
import { metricsRoutes } from './metrics/metrics-routes.ts';
import { pageRoutes } from './page/page-routes.ts';
import { type TaskServices, taskRoutes } from './tasks/task-routes.ts';

/** Everything the HTTP layer works with. `main.ts` fills it for real, unit tests with stores in memory. */
export type Services = AuthServices &
  TaskServices &
  HealthServices & {
    log: Logger;
    apiLimiter: RateLimiter;
    registry: Registry;
    /** Since the process began. */
    monotonicMs: () => number;
    faults: Faults;
    random: () => number;
  };

export function createApp(services: Services): OpenAPIHono<AppEnv> {
  const app = new OpenAPIHono<AppEnv>();
  app.use(requestId());
  app.use(requestLog(services));
  app.use(measureRequests(services));
  app.use(secureHeaders());
  app.onError(answerError);
  app.notFound((context) => problem(context, 'not-found'));

  app.route('/', pageRoutes());

  // Before the limits: a load balancer's probes must never be told to wait.
  app.route('/', healthRoutes(services));
  app.route('/', metricsRoutes(services.registry));

  const { faults, random, monotonicMs: uptimeMs } = services;
  app.use('/api/*', injectFaults(faults, { random, uptimeMs }));
  app.use('/api/*', rateLimit({ limiter: services.apiLimiter, key: services.clientAddress }));
  app.use(
    '/api/*',
    bodyLimit({ maxSize: maxBodyBytes, onError: (context) => problem(context, 'too-large') }),
  );
  app.use('/api/v1/tasks/*', authenticate(services));
  app.use('/api/v1/users/*', authenticate(services));
  app.route('/api/v1/auth', authRoutes(services));
  app.route('/api/v1/tasks', taskRoutes(services));
  app.route('/api/v1/users', userRoutes(services));

  app.openAPIRegistry.registerComponent('securitySchemes', 'session', { type: 'http', scheme: 'bearer' });
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'Task Management System', version: services.build.version },
  });
  return app;
}

const maxBodyBytes = 64 * 1024;

function answerError(error: Error, context: Context<AppEnv>): Response {
  // The JSON body parser throws this one; no other part of the service throws HTTP errors.
  if (error instanceof HTTPException && error.status === 400) return problem(context, 'malformed-json');
  context.get('log').error({ err: error }, 'unexpected error');
  return problem(context, 'internal');
}
