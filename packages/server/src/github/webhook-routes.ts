import { SlipwayError } from '@slipway/contracts/errors';
import { Hono } from 'hono';
import { z } from 'zod';
import type { EventSources } from '../events/event-sources.ts';
import { limitBody } from '../http/limit-body.ts';
import type { Metrics } from '../operation/metrics.ts';
import { findProject, type Project } from '../projects/find-project.ts';
import { readCredentials } from '../secrets/project-credentials.ts';
import { keepDelivery } from './deliveries.ts';
import { isSigned } from './webhook-signature.ts';

export interface WebhookRoutes {
  sources: EventSources;
  metrics: Pick<Metrics, 'webhook'>;
  assertRoom: () => void;
  /** A delivery was kept, and may be taken in. */
  onDelivery: () => void;
}

/** As much as GitHub sends. */
const mostBytes = 25 * 1024 ** 2;

const headersSchema = z.object({
  event: z.string().regex(/^[a-z_]{1,60}$/),
  delivery: z.string().regex(/^[A-Za-z0-9-]{1,100}$/),
});
const payloadSchema = z.looseObject({ repository: z.object({ full_name: z.string() }) });

/**
 * `POST /webhooks/github`. What is unsigned, signed by another secret or of a repository that is not known gets one answer and changes
 * nothing. A delivery is acknowledged when it is kept; it is taken in afterwards, since GitHub waits ten seconds and asks once.
 */
export function webhookRoutes({ sources, metrics, assertRoom, onDelivery }: WebhookRoutes): Hono {
  const app = new Hono();
  app.post('/github', limitBody(mostBytes), async (c) => {
    const body = new Uint8Array(await c.req.arrayBuffer());
    const project = await findSigner(sources, body, c.req.header('x-hub-signature-256'));
    if (project === null) {
      metrics.webhook('unsigned');
      throw new SlipwayError('unauthorized', { message: 'The signature does not fit a project here.' });
    }
    const read = headersSchema.safeParse({
      event: c.req.header('x-github-event'),
      delivery: c.req.header('x-github-delivery'),
    });
    if (!read.success) {
      metrics.webhook('refused');
      throw new SlipwayError('bad-request', { field: 'X-GitHub-Event, X-GitHub-Delivery' });
    }
    const { event, delivery: deliveryId } = read.data;
    if (event === 'ping') return c.json({ outcome: 'pong' });
    assertRoom();
    const payload = new TextDecoder().decode(body);
    const outcome = await keepDelivery(sources, { project: project.name, deliveryId, event, payload });
    metrics.webhook(outcome);
    if (outcome === 'accepted') onDelivery();
    return c.json({ outcome }, outcome === 'accepted' ? 202 : 200);
  });
  return app;
}

/** The project that the body names, if it is on GitHub and its secret has signed the body. */
async function findSigner(
  { store, secrets }: EventSources,
  body: Uint8Array,
  signature: string | undefined,
): Promise<Project | null> {
  const name = repositoryOf(body);
  const project = name === null ? null : await findProject(store, name).catch(ignoreUnknown);
  if (project === null || project.settings.source.kind !== 'github') return null;
  const { webhookSecret } = await readCredentials(secrets, project.name);
  return webhookSecret !== undefined && isSigned(webhookSecret, body, signature) ? project : null;
}

function repositoryOf(body: Uint8Array): string | null {
  try {
    return payloadSchema.parse(JSON.parse(new TextDecoder().decode(body))).repository.full_name;
  } catch {
    return null;
  }
}

function ignoreUnknown(error: unknown): null {
  if (error instanceof SlipwayError && error.code === 'unknown-project') return null;
  throw error;
}
