import type { RunResult } from '@slipway/server/runs';
import {
  assessTrigger,
  buildLocalEvent,
  type EventFacts,
  workflowRunPayloadOf,
} from '@slipway/workflow/triggers';
import type { PreparedEvent, StartedWorkflow } from '../event/event-preparation.ts';

/** GitHub follows a chain of workflows that start each other no further. */
export const mostFollowUps = 3;

export interface FollowUp {
  event: EventFacts;
  started: StartedWorkflow[];
}

/**
 * The `workflow_run` event that a finished run is, and the workflows that follow it.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#workflow_run
 */
export function followUpOf(
  { facts, event: cause, workflows }: PreparedEvent,
  { result, number }: { result: RunResult; number: number },
): FollowUp | null {
  if (!workflows.some(({ on }) => Object.hasOwn(on, 'workflow_run'))) return null;
  const { workflow: path, workflowName, name: title, runId, conclusion } = result;
  const run = { id: Number(runId), path, workflowName, title, number, attempt: 1, conclusion };
  const event = buildLocalEvent({ name: 'workflow_run', facts, payload: workflowRunPayloadOf(cause, run) });
  const started = workflows
    .filter((workflow) => assessTrigger(workflow, event).kind === 'match')
    .map((workflow) => ({ workflow, inputs: {} }));
  return started.length === 0 ? null : { event, started };
}
