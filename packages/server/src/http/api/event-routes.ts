import { createRoute } from '@hono/zod-openapi';
import {
  acceptanceSchema,
  acceptedRunSchema,
  dispatchSchema,
  eventSchema,
  repositoryDispatchSchema,
} from '@slipway/contracts/api/events';
import type { Diagnostic } from '@slipway/workflow';
import type { EventFacts } from '@slipway/workflow/triggers';
import { z } from 'zod';
import type { Permission } from '../../access/permission.ts';
import type { Principal } from '../../access/principal.ts';
import { allowedProject } from '../../access/project-access.ts';
import type { Acceptance } from '../../controller/accept-event.ts';
import { dispatchEvent } from '../../events/dispatch-event.ts';
import { dispatchWorkflow } from '../../events/dispatch-workflow.ts';
import type { Project } from '../../projects/find-project.ts';
import type { Store } from '../../store/open-store.ts';
import type { ApiContext, ApiRouter } from './api-context.ts';
import { answers, body, projectNameOf, projectParams } from './describe-route.ts';

const dispatch = createRoute({
  method: 'post',
  path: '/projects/{owner}/{name}/dispatches',
  summary: 'Start a workflow by hand (workflow_dispatch)',
  request: { params: projectParams, body: body(dispatchSchema) },
  responses: answers(201, 'The run.', acceptedRunSchema),
});

const repositoryDispatch = createRoute({
  method: 'post',
  path: '/projects/{owner}/{name}/repository-dispatches',
  summary: 'Send an event of your own (repository_dispatch)',
  request: { params: projectParams, body: body(repositoryDispatchSchema) },
  responses: answers(201, 'What it started.', acceptanceSchema),
});

const list = createRoute({
  method: 'get',
  path: '/projects/{owner}/{name}/events',
  summary: 'List the events that came in, with what was wrong with them',
  request: {
    params: projectParams,
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(100).default(30) }),
  },
  responses: answers(200, 'The newest first.', z.object({ events: z.array(eventSchema) })),
});

export function addEventRoutes(api: ApiRouter, context: ApiContext): void {
  const { store } = context;
  const projectOf = (
    principal: Principal,
    permission: Permission,
    params: z.infer<typeof projectParams>,
  ): Promise<Project> => allowedProject({ store, principal, permission }, projectNameOf(params));
  api.openapi(dispatch, async (c) => {
    const { actor, principal } = c.var;
    const project = await projectOf(principal, 'run.write', c.req.valid('param'));
    context.assertRoom();
    const { workflow, ref, inputs } = c.req.valid('json');
    const typed = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, String(value)]));
    return c.json(await dispatchWorkflow(context, project, { workflow, ref, inputs: typed, actor }), 201);
  });
  api.openapi(repositoryDispatch, async (c) => {
    const { actor, principal } = c.var;
    const project = await projectOf(principal, 'run.write', c.req.valid('param'));
    context.assertRoom();
    const { event_type: type, client_payload: clientPayload } = c.req.valid('json');
    return c.json(
      acceptanceAnswer(await dispatchEvent(context, project, { type, clientPayload, actor })),
      201,
    );
  });
  api.openapi(list, async (c) => {
    const { name } = await projectOf(c.var.principal, 'project.read', c.req.valid('param'));
    const { limit } = c.req.valid('query');
    return c.json({ events: await readEvents(context.store, name, limit) }, 200);
  });
}

function acceptanceAnswer(acceptance: Acceptance | null): z.infer<typeof acceptanceSchema> {
  const nothing = { runs: [], notStarted: [], diagnostics: [] };
  return { eventId: 0, kind: 'accepted', ...nothing, ...acceptance };
}

async function readEvents(store: Store, project: string, limit: number) {
  const rows = await store
    .selectFrom('event')
    .selectAll()
    .where('project', '=', project)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  const ids = rows.map(({ id }) => id);
  const runs =
    ids.length === 0
      ? []
      : await store.selectFrom('run').select(['id', 'event_id']).where('event_id', 'in', ids).execute();
  return rows.map(({ id, name, delivery_id: deliveryId, facts, diagnostics, received_at: receivedAt }) => {
    const { ref, sha } = JSON.parse(facts) as EventFacts;
    return {
      id,
      name,
      deliveryId,
      ref,
      sha,
      receivedAt,
      runs: runs.filter((run) => run.event_id === id).map((run) => run.id),
      diagnostics: diagnostics === null ? [] : (JSON.parse(diagnostics) as Diagnostic[]),
    };
  });
}
