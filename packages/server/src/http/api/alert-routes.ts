import { createRoute } from '@hono/zod-openapi';
import { type AlertsAnswer, alertQuerySchema, alertsSchema } from '@slipway/contracts/api/alerts';
import { type Alert, listAlerts } from '../../code-scanning/alerts.ts';
import { findProject } from '../../projects/find-project.ts';
import type { ApiContext, ApiRouter } from './api-context.ts';
import { answers, projectNameOf, projectParams } from './describe-route.ts';
import { allowed } from './release-routes.ts';

const list = createRoute({
  method: 'get',
  path: '/projects/{owner}/{name}/alerts',
  summary: 'List what scans have found: the SARIF that workflows have uploaded',
  request: { params: projectParams, query: alertQuerySchema },
  responses: answers(200, 'The newest first.', alertsSchema),
});

export function addAlertRoutes(api: ApiRouter, context: ApiContext): void {
  const { store } = context;
  api.openapi(list, async (c) => {
    const asked = projectNameOf(c.req.valid('param'));
    const project = await allowed(context, c.var.principal, asked, 'security-event.read');
    const { settings } = await findProject(store, project);
    const { state, ref } = c.req.valid('query');
    const found = await listAlerts(store, {
      project,
      ref,
      defaultRef: `refs/heads/${settings.defaultBranch}`,
    });
    const alerts = found.filter((one) => state === undefined || one.state === state).flatMap(shapeOf);
    return c.json({ alerts }, 200);
  });
}

/** By the place where it was found last, or, if it is nowhere any more, where that was seen last. */
function shapeOf(alert: Alert): AlertsAnswer['alerts'] {
  const place = alert.instances.find(({ state }) => state === 'open') ?? alert.instances[0];
  if (place === undefined) return [];
  const { id, state, tool, rule, created_at: createdAt, updated_at: updatedAt } = alert;
  const { message, path, start_line: line, ref, sha: commit } = place;
  const severity = rule.securitySeverity ?? rule.severity;
  return [
    { id, state, tool, rule: rule.id, severity, message, path, line, ref, commit, createdAt, updatedAt },
  ];
}
