import { createRoute } from '@hono/zod-openapi';
import type { Quotas } from '@slipway/contracts/api/quotas';
import { usageSchema } from '@slipway/contracts/api/usage';
import { requirePermission } from '../../access/permission.ts';
import { findProject } from '../../projects/find-project.ts';
import { usageOf } from '../../quotas/usage.ts';
import type { ApiContext, ApiRouter } from './api-context.ts';
import { answers, noQuery, projectNameOf, projectParams } from './describe-route.ts';

const usage = createRoute({
  method: 'get',
  path: '/projects/{owner}/{name}/usage',
  summary: 'Show what a project has at the server, and its quotas',
  request: { params: projectParams, query: noQuery },
  responses: answers(200, 'In bytes.', usageSchema),
});

export function addUsageRoutes(api: ApiRouter, { store }: ApiContext): void {
  api.openapi(usage, async (c) => {
    const asked = projectNameOf(c.req.valid('param'));
    requirePermission(c.var.principal, 'project.read', asked);
    const { name, settings } = await findProject(store, asked);
    const used = await usageOf(store, name);
    const of = (kind: keyof Quotas) => ({ usedBytes: used[kind], quotaBytes: settings.quotas[kind] });
    return c.json(
      {
        artifacts: of('artifacts'),
        caches: of('caches'),
        logs: of('logs'),
        keptJobs: of('keptJobs'),
        bundles: of('bundles'),
      },
      200,
    );
  });
}
