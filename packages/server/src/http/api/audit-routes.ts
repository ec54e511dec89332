import { createRoute } from '@hono/zod-openapi';
import { auditFilterSchema, auditPageSchema } from '@slipway/contracts/api/identity';
import { SlipwayError } from '@slipway/contracts/errors';
import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { readAudit, recordAudit } from '../../access/audit.ts';
import { requirePermission, requireServerAdmin } from '../../access/permission.ts';
import type { ApiContext, ApiEnv, ApiRouter } from './api-context.ts';
import { answers } from './describe-route.ts';

const query = createRoute({
  method: 'get',
  path: '/audit',
  summary: 'Read what people decided and what was refused to them, the newest first',
  request: { query: auditFilterSchema },
  responses: answers(200, 'A page; `next` is the cursor of the page that follows.', auditPageSchema),
});

export function addAuditRoutes(api: ApiRouter, { store }: ApiContext): void {
  api.openapi(query, async (c) => {
    const filter = c.req.valid('query');
    if (filter.project === undefined) requireServerAdmin(c.var.principal);
    else requirePermission(c.var.principal, 'project.admin', filter.project);
    return c.json(await readAudit(store, filter), 200);
  });
}

/** The same of the same person counts once in so long: whoever keeps asking does not fill the log. */
const refusalEveryMs = 60_000;
const mostRemembered = 10_000;

/** Notes what was refused to somebody who is known. */
export function noteRefusals({ store, now }: ApiContext): MiddlewareHandler<ApiEnv> {
  const noted = new Map<string, number>();
  return async (c, next) => {
    await next();
    if (!(c.error instanceof SlipwayError) || c.error.status !== 403) return;
    const { actor } = c.var;
    const subject = `${c.req.method} ${routePath(c, -1)}`;
    const at = now();
    const key = JSON.stringify([actor, subject]);
    if (at - (noted.get(key) ?? Number.NEGATIVE_INFINITY) < refusalEveryMs) return;
    if (noted.size >= mostRemembered) noted.clear();
    noted.set(key, at);
    const detail = { path: c.req.path, code: c.error.code };
    await recordAudit(store, {
      at,
      actor,
      action: 'request.refused',
      project: null,
      subject,
      outcome: 'refused',
      detail,
    });
  };
}
