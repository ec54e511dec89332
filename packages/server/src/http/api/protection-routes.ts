import { createRoute } from '@hono/zod-openapi';
import { protectionPlanSchema, protectionSchema } from '@slipway/contracts/api/pull-requests';
import { allowedProject } from '../../access/project-access.ts';
import { rulesInForce } from '../../protection/rules-in-force.ts';
import { syncGithubProtection } from '../../protection/sync-github-protection.ts';
import type { ApiContext, ApiRouter } from './api-context.ts';
import { answers, noQuery, projectNameOf, projectParams } from './describe-route.ts';

const show = createRoute({
  method: 'get',
  path: '/projects/{owner}/{name}/protection',
  summary: 'Show the rules of protected branches that are in force',
  request: { params: projectParams, query: noQuery },
  responses: answers(200, 'The rules, and what is wrong with the file.', protectionSchema),
});

const plan = createRoute({
  method: 'get',
  path: '/projects/{owner}/{name}/protection/plan',
  summary: "Show how GitHub's protection of branches differs from the file",
  request: { params: projectParams, query: noQuery },
  responses: answers(200, 'By branch.', protectionPlanSchema),
});

const apply = createRoute({
  method: 'post',
  path: '/projects/{owner}/{name}/protection/apply',
  summary: 'Make GitHub protect branches as the file says',
  request: { params: projectParams },
  responses: answers(200, 'What was changed.', protectionPlanSchema),
});

export function addProtectionRoutes(api: ApiRouter, context: ApiContext): void {
  const { store } = context;
  api.openapi(show, async (c) => {
    const asking = { store, principal: c.var.principal, permission: 'project.read' } as const;
    const project = await allowedProject(asking, projectNameOf(c.req.valid('param')));
    const { protection, sha, diagnostics } = await rulesInForce(context, project);
    const branches = protection.map(({ statusChecks, ...rules }) => ({
      ...rules,
      statusChecks: statusChecks && { ...statusChecks, contexts: [...statusChecks.contexts] },
    }));
    return c.json({ branches, sha, diagnostics }, 200);
  });
  for (const [route, isApply] of [
    [plan, false],
    [apply, true],
  ] as const) {
    api.openapi(route, async (c) => {
      const asking = { store, principal: c.var.principal, permission: 'project.admin' } as const;
      const project = await allowedProject(asking, projectNameOf(c.req.valid('param')));
      const wish = { apply: isApply, actor: c.var.actor };
      return c.json(await syncGithubProtection(context, project, wish), 200);
    });
  }
}
