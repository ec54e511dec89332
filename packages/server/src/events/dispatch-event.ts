import { randomUUID } from 'node:crypto';
import type { Payload } from '@slipway/workflow/triggers';
import { recordAudit } from '../access/audit.ts';
import type { Acceptance } from '../controller/accept-event.ts';
import { fetchCurrent } from '../github/mirror.ts';
import type { Project } from '../projects/find-project.ts';
import type { EventSources } from './event-sources.ts';
import { takeProjectEvent } from './take-event.ts';

export interface EventDispatch {
  /** What the event is called by who sends it: its `action`. */
  type: string;
  clientPayload: Record<string, unknown>;
  actor: string;
}

/**
 * Sends workflows of the default branch an event of one's own (`repository_dispatch`), as the project is now where it is kept.
 * @throws SlipwayError `github-unreachable`, `unknown-ref`
 */
export async function dispatchEvent(
  sources: EventSources,
  project: Project,
  { type, clientPayload, actor }: EventDispatch,
): Promise<Acceptance | null> {
  await fetchCurrent(sources, project);
  const { defaultBranch } = project.settings;
  const taken = await takeProjectEvent(sources, project, {
    deliveryId: `repository_dispatch:${randomUUID()}`,
    name: 'repository_dispatch',
    payload: { action: type, branch: defaultBranch, client_payload: clientPayload } as Payload,
    actor,
  });
  await recordAudit(sources.store, {
    at: sources.now(),
    actor,
    action: 'event.dispatched',
    project: project.name,
    subject: `event ${type}`,
    outcome: 'done',
  });
  return taken;
}
