import { createRoute } from '@hono/zod-openapi';
import { deploymentEventSchema, deploymentSchema } from '@slipway/contracts/api/delivery';
import { z } from 'zod';
import type { Principal } from '../../access/principal.ts';
import { deploymentAnswer, readDeploymentEvents } from '../../delivery/deployment-answers.ts';
import { requireDeployment } from '../../delivery/say-word.ts';
import type { ApiContext, ApiRouter } from './api-context.ts';
import { deploymentParams } from './deployment-params.ts';
import { projectNameOf } from './describe-route.ts';
import { allowed } from './release-routes.ts';
import { lastIdOf, type Message, serverSentEvents } from './server-sent-events.ts';

const events = createRoute({
  method: 'get',
  path: '/projects/{owner}/{name}/deployments/{deployment}/events',
  summary: 'Read what happened to a deployment; with `Accept: text/event-stream` follow it',
  description:
    'As JSON: events after `after`, in order. As events: everything that happened and happens from now on, until the deployment has ended; `id` is that of the event, `Last-Event-ID` goes on from there, and the last event is `end`.',
  request: {
    params: deploymentParams,
    query: z.strictObject({
      after: z.coerce
        .number()
        .int()
        .min(0)
        .max(2 ** 31 - 1)
        .default(0),
    }),
  },
  responses: {
    200: {
      description: 'The events, and the deployment as it is after them.',
      content: {
        'application/json': {
          schema: z.object({ events: z.array(deploymentEventSchema), deployment: deploymentSchema }),
        },
        'text/event-stream': { schema: z.string() },
      },
    },
  },
});

const pageSize = 500;
/** A notice may be missing. */
const lookEveryMs = 1_000;

export function addDeploymentEventRoutes(api: ApiRouter, context: ApiContext): void {
  const { store, delivery, closing } = context;
  api.openapi(events, async (c) => {
    const { deployment: id, ...params } = c.req.valid('param');
    const permit = (principal: Principal) =>
      allowed(context, principal, projectNameOf(params), 'deployment.read');
    const project = await permit(c.var.principal);
    const deployment = deploymentAnswer(await requireDeployment(delivery, { project, id }));
    if (c.req.header('accept')?.includes('text/event-stream')) {
      const after = lastIdOf(c) ?? 0;
      const mayFollow = async (principal: Principal) => void (await permit(principal));
      return serverSentEvents(c, { closing, permit: mayFollow }, (signal) =>
        deploymentMessages(context, { project, id, after, signal }),
      );
    }
    const { after } = c.req.valid('query');
    return c.json(
      { events: await readDeploymentEvents(store, { id, after, limit: pageSize }), deployment },
      200,
    );
  });
}

async function* deploymentMessages(
  { store, notices, delivery }: ApiContext,
  { project, id, after, signal }: { project: string; id: number; after: number; signal: AbortSignal },
): AsyncGenerator<Message> {
  for (let last = after; !signal.aborted; ) {
    const look = AbortSignal.any([signal, AbortSignal.timeout(lookEveryMs)]);
    const notice = notices.next(`deployment:${id}`, look);
    // The deployment first: what is read after it is no older.
    const deployment = deploymentAnswer(await requireDeployment(delivery, { project, id }));
    const found = await readDeploymentEvents(store, { id, after: last, limit: pageSize });
    for (const event of found) yield { event: event.kind, id: String(event.id), data: JSON.stringify(event) };
    last = found.at(-1)?.id ?? last;
    if (found.length === pageSize) continue;
    if (deployment.isEnded) {
      yield { event: 'end', data: JSON.stringify(deployment) };
      return;
    }
    await notice;
  }
}
