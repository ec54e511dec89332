import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { Build } from '../config/variables.ts';
import type { AppEnv } from '../http/app-env.ts';
import { assessHealth, type Health, type Probe, runProbes } from './probe.ts';

export type HealthServices = {
  /** What `/health` asks. */
  healthProbes: readonly Probe[];
  /** What `/ready` asks on top: whether this very release can work, for example on the schema it finds. */
  readinessProbes: readonly Probe[];
  /** True once shutdown has begun: the instance still answers, but wants no new traffic. */
  isDraining: () => boolean;
  build: Build;
};

export function healthRoutes(services: HealthServices): OpenAPIHono<AppEnv> {
  const routes = new OpenAPIHono<AppEnv>();

  async function ask(probes: readonly Probe[], log: AppEnv['Variables']['log']): Promise<Health> {
    const onFailure = (name: string, reason: unknown) =>
      log.warn({ probe: name, err: reason }, 'probe failed');
    return assessHealth(await runProbes(probes, { timeoutMs: probeTimeoutMs, onFailure }));
  }

  routes.openapi(healthRoute, async (context) => {
    const health = await ask(services.healthProbes, context.get('log'));
    const body = { ...health, ...services.build };
    return health.status === 'down' ? context.json(body, 503) : context.json(body, 200);
  });

  routes.openapi(readyRoute, async (context) => {
    const probes = [...services.healthProbes, ...services.readinessProbes];
    const health = await ask(probes, context.get('log'));
    const draining = services.isDraining();
    const body = { ready: health.status !== 'down' && !draining, draining, checks: health.checks };
    return body.ready ? context.json(body, 200) : context.json(body, 503);
  });

  return routes;
}

const probeTimeoutMs = 2_000;

const checks = z.record(z.string(), z.enum(['up', 'down']));

const healthBody = z
  .object({
    status: z.enum(['ok', 'degraded', 'down']),
    checks,
    version: z.string(),
    commit: z.string(),
  })
  .openapi('Health');

const readinessBody = z.object({ ready: z.boolean(), draining: z.boolean(), checks }).openapi('Readiness');

const healthContent = { 'application/json': { schema: healthBody } };
const readinessContent = { 'application/json': { schema: readinessBody } };

const healthRoute = createRoute({
  method: 'get',
  path: '/health',
  tags: ['operations'],
  summary: 'Whether the service works: its database is required, Redis only makes it better',
  responses: {
    200: { description: 'It works, perhaps without Redis', content: healthContent },
    503: { description: 'It does not', content: healthContent },
  },
});

const readyRoute = createRoute({
  method: 'get',
  path: '/ready',
  tags: ['operations'],
  summary: 'Whether this instance wants traffic',
  responses: {
    200: { description: 'It does', content: readinessContent },
    503: { description: 'It is shutting down, or can not work', content: readinessContent },
  },
});
