import { createRoute } from '@hono/zod-openapi';
import { oidcQuerySchema, oidcSchema } from '@slipway/contracts/api/oidc';
import { requirePermission } from '../../access/permission.ts';
import { describeTrust } from '../../oidc/describe-trust.ts';
import { findProject } from '../../projects/find-project.ts';
import type { ApiContext, ApiRouter } from './api-context.ts';
import { answers, projectNameOf, projectParams } from './describe-route.ts';

const trust = createRoute({
  method: 'get',
  path: '/projects/{owner}/{name}/oidc',
  summary: 'Show what a cloud must know to trust jobs of a project',
  request: { params: projectParams, query: oidcQuerySchema },
  responses: answers(200, 'Issuer and subject of ID tokens.', oidcSchema),
});

export function addOidcRoutes(api: ApiRouter, context: ApiContext): void {
  api.openapi(trust, async (c) => {
    const name = projectNameOf(c.req.valid('param'));
    requirePermission(c.var.principal, 'project.read', name);
    const project = await findProject(context.store, name);
    return c.json(await describeTrust(context, project, c.req.valid('query')), 200);
  });
}
