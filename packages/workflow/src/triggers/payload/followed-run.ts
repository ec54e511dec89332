import type { Value } from '../../expressions/value.ts';
import { type EventFacts, type Payload, payloadText, payloadValue } from '../event-facts.ts';
import { shortRef } from './repository-facts.ts';

/** A run, as `workflow_run` tells of it. */
export interface FollowedRun {
  id: number;
  /** Repository-relative. */
  path: string;
  workflowName: string;
  /** The run's own name. */
  title: string;
  number: number;
  attempt: number;
  /** What happened to it; default `completed`. */
  action?: 'requested' | 'in_progress' | 'completed';
  /** Null: it is not completed. */
  conclusion: string | null;
}

/**
 * What `workflow_run` says of a run beside what git knows of the default branch.
 * @param cause the event that started the run
 * @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#workflow_run
 */
export function workflowRunPayloadOf(cause: EventFacts, run: FollowedRun): Payload {
  const { id, path, workflowName, title, number, attempt, action = 'completed', conclusion } = run;
  const fork = payloadValue(cause.payload, 'pull_request', 'head', 'repo');
  return {
    action,
    workflow: { name: workflowName, path, state: 'active' },
    workflow_run: {
      id,
      name: workflowName,
      path,
      run_number: number,
      run_attempt: attempt,
      event: cause.name,
      display_title: title,
      status: action === 'requested' ? 'queued' : action,
      conclusion,
      head_branch: payloadText(cause.payload, 'pull_request', 'head', 'ref') ?? shortRef(cause.ref),
      head_sha: payloadText(cause.payload, 'pull_request', 'head', 'sha') ?? cause.sha,
      pull_requests: pullRequestsOf(cause),
      ...(fork !== undefined && fork !== null && { head_repository: fork }),
    },
  };
}

function pullRequestsOf({ payload }: EventFacts): Value[] {
  const number = payloadValue(payload, 'pull_request', 'number');
  if (typeof number !== 'number') return [];
  const side = (which: string): Value => ({
    ref: payloadText(payload, 'pull_request', which, 'ref') ?? '',
    sha: payloadText(payload, 'pull_request', which, 'sha') ?? '',
  });
  return [{ number, head: side('head'), base: side('base') }];
}
