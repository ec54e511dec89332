import { type NoticeTopic, type RolloutEvent, type RolloutState, sayCause } from '@slipway/delivery';
import type { DeploymentRow } from './deployments.ts';

/** Something that people are told, whatever the channel. Plain JSON. */
export interface Notice {
  topic: NoticeTopic;
  project: string;
  environment: string;
  /** Null: of the environment. */
  deploymentId: number | null;
  release: { id: string; tag: string; commit: string } | null;
  by: string | null;
  /** Why, or what: sentences. */
  text: string;
  atMs: number;
}

/** What an event is told of; undefined: nobody needs to know at once. */
export function noticeOf(
  before: RolloutState,
  event: RolloutEvent,
  deployment: DeploymentRow,
): Notice | undefined {
  const { state } = deployment;
  if (event.kind === 'gates.passed') return notice(deployment, 'started', 'It has started.', event.atMs);
  if (event.kind === 'alarm.raised' && state.kind === 'stranded') {
    return notice(deployment, 'alarm', `It needs a person: ${state.reason}.`, event.atMs);
  }
  if (state.kind === before.kind) return undefined;
  switch (state.kind) {
    case 'completed':
      return notice(deployment, 'succeeded', 'The new revision serves all.', event.atMs);
    case 'rolled-back':
      return notice(deployment, 'rolled-back', sayCause(state.cause), event.atMs);
    case 'blocked':
    case 'refused':
      return notice(deployment, 'failed', sayCause(state.cause), event.atMs);
    case 'cancelled':
      // A newer deployment that takes the place tells for itself.
      if (state.cause.kind === 'superseded') return undefined;
      return notice(deployment, 'failed', sayCause(state.cause), event.atMs);
    default:
      return undefined;
  }
}

export function notice(
  { project, environment, id, plan, requestedBy }: DeploymentRow,
  topic: NoticeTopic,
  text: string,
  atMs: number,
): Notice {
  const { id: releaseId, tag, commit } = plan.release;
  return {
    topic,
    project,
    environment,
    deploymentId: id,
    release: { id: releaseId, tag, commit },
    by: requestedBy,
    text,
    atMs,
  };
}
