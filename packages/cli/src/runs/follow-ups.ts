import type { RunResult } from '@slipway/server/runs';
import type { Value } from '@slipway/workflow';
import { assessTrigger, buildLocalEvent, type EventFacts, type Payload } from '@slipway/workflow/triggers';
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
  run: { result: RunResult; number: number },
): FollowUp | null {
  if (!workflows.some(({ on }) => Object.hasOwn(on, 'workflow_run'))) return null;
  const event = buildLocalEvent({ name: 'workflow_run', facts, payload: payloadOf(cause, run) });
  const started = workflows
    .filter((workflow) => assessTrigger(workflow, event).kind === 'match')
    .map((workflow) => ({ workflow, inputs: {} }));
  return started.length === 0 ? null : { event, started };
}

function payloadOf(cause: EventFacts, { result, number }: { result: RunResult; number: number }): Payload {
  const { workflow: path, workflowName, name, runId, conclusion } = result;
  return {
    action: 'completed',
    workflow: { name: workflowName, path, state: 'active' },
    workflow_run: {
      id: Number(runId),
      name: workflowName,
      path,
      run_number: number,
      run_attempt: 1,
      event: cause.name,
      display_title: name,
      status: 'completed',
      conclusion,
      head_branch: headBranch(cause),
      head_sha: cause.sha,
      pull_requests: pullRequestsOf(cause),
    },
  };
}

function headBranch({ ref, payload }: EventFacts): string {
  const head = valueAt(payload, 'pull_request', 'head', 'ref');
  return typeof head === 'string' ? head : ref.replace(/^refs\/(?:heads|tags)\//, '');
}

function pullRequestsOf({ payload }: EventFacts): Value[] {
  const number = valueAt(payload, 'pull_request', 'number');
  if (typeof number !== 'number') return [];
  const side = (which: string): Value => ({
    ref: valueAt(payload, 'pull_request', which, 'ref') ?? '',
    sha: valueAt(payload, 'pull_request', which, 'sha') ?? '',
  });
  return [{ number, head: side('head'), base: side('base') }];
}

function valueAt(payload: Payload, ...path: string[]): Value | undefined {
  let value: Value | undefined = payload;
  for (const key of path) {
    value = typeof value === 'object' && value !== null && !Array.isArray(value) ? value[key] : undefined;
  }
  return value;
}
