import { createRoute, z } from '@hono/zod-openapi';
import { approvalFilterSchema, approvalSchema, decisionSchema } from '@slipway/contracts/api/environments';
import { rowNumberSchema } from '@slipway/contracts/api/row-number';
import { SlipwayError } from '@slipway/contracts/errors';
import { mayDo, type Permission, requirePermission } from '../../access/permission.ts';
import type { Principal } from '../../access/principal.ts';
import { visibleOf } from '../../access/project-access.ts';
import type { ApprovalRequest } from '../../approvals/approval-request.ts';
import { decideApproval } from '../../approvals/decide-approval.ts';
import { listApprovals, readApproval } from '../../approvals/read-approvals.ts';
import type { ApiContext, ApiRouter } from './api-context.ts';
import { answers, body, noQuery } from './describe-route.ts';

const approvalParams = z.object({ approval: rowNumberSchema });

const list = createRoute({
  method: 'get',
  path: '/approvals',
  summary: 'List requests for approval, the newest first',
  request: { query: approvalFilterSchema },
  responses: answers(
    200,
    'Those of projects that may be read.',
    z.object({ approvals: z.array(approvalSchema) }),
  ),
});

const show = createRoute({
  method: 'get',
  path: '/approvals/{approval}',
  summary: 'Show a request for approval with every word on it',
  request: { params: approvalParams, query: noQuery },
  responses: answers(200, 'The request.', approvalSchema),
});

const decide = createRoute({
  method: 'post',
  path: '/approvals/{approval}/decision',
  summary: 'Approve or reject, as a reviewer of the environment',
  request: { params: approvalParams, body: body(decisionSchema) },
  responses: answers(200, 'The request with the decision.', approvalSchema),
});

export function addApprovalRoutes(api: ApiRouter, context: ApiContext): void {
  const { store } = context;
  api.openapi(list, async (c) => {
    const { project, state, run: runId, limit } = c.req.valid('query');
    const visible = visibleOf(c.var.principal, project);
    return c.json({ approvals: await listApprovals(store, { visible, state, runId, limit }) }, 200);
  });
  api.openapi(show, async (c) => {
    const { approval } = c.req.valid('param');
    return c.json(
      await allowedApproval(context, { principal: c.var.principal, permission: 'project.read' }, approval),
      200,
    );
  });
  api.openapi(decide, async (c) => {
    const { approval } = c.req.valid('param');
    const asking = { principal: c.var.principal, permission: 'approval.decide' as const };
    const { id } = await allowedApproval(context, asking, approval);
    return c.json(await decideApproval(context, { id, by: c.var.actor, ...c.req.valid('json') }), 200);
  });
}

/**
 * Who may not is told the same whether it exists or not.
 * @throws SlipwayError `forbidden`, `unknown-approval`
 */
async function allowedApproval(
  { store }: ApiContext,
  { principal, permission }: { principal: Principal; permission: Permission },
  id: number,
): Promise<ApprovalRequest> {
  const request = await readApproval(store, id).catch((error: unknown) => {
    const isMissing = error instanceof SlipwayError && error.code === 'unknown-approval';
    // Whoever may do it everywhere may know that there is none.
    if (isMissing && !mayDo(principal, permission, '')) throw new SlipwayError('forbidden');
    throw error;
  });
  requirePermission(principal, permission, request.project);
  return request;
}
