import { randomUUID } from 'node:crypto';
import type { Payload } from '@slipway/workflow/triggers';
import { nameOf } from '../access/permission.ts';
import { type ProjectEvent, takeProjectEvent } from '../events/take-event.ts';
import type { RepositoryCall } from './github-context.ts';

/**
 * Starts the workflows that wait for what was just done here. What a job does starts nothing, as on GitHub: a workflow would start itself
 * for ever.
 */
export async function tellWorkflows(
  { c, context, project }: RepositoryCall,
  happened: { name: string; payload: Record<string, unknown>; subject?: ProjectEvent['subject'] },
): Promise<void> {
  const { principal } = c.var;
  if (principal.kind === 'job') return;
  const { name, payload, subject } = happened;
  await takeProjectEvent(context, project, {
    deliveryId: `${name}:${randomUUID()}`,
    name,
    payload: payload as Payload,
    actor: nameOf(principal),
    keep: false,
    ...(subject !== undefined && { subject }),
  });
}
