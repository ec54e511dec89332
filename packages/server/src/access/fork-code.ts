import type { Value } from '@slipway/workflow';
import type { Payload } from '@slipway/workflow/triggers';
import { textAt } from '../github/payload-values.ts';

/**
 * Events whose workflows are those of the pull request itself. Those of `pull_request_target` are the base's, and always run, as on GitHub.
 * @see https://docs.github.com/en/actions/how-tos/manage-workflow-runs/approve-runs-from-forks
 */
export function runsTheirCode(eventName: string): boolean {
  return eventName.startsWith('pull_request') && eventName !== 'pull_request_target';
}

/** Whether the head of a pull request is in another repository than this one, or in one that is gone. Names are the same in any case. */
export function isHeadElsewhere(payload: Payload, repository: string): boolean {
  const head = textAt(payload, 'pull_request', 'head', 'repo', 'full_name');
  return head?.toLowerCase() !== repository.toLowerCase();
}

/** Whether code of another repository is executed, by the `github` context of a job. */
export function isOfFork({ event_name, event, repository }: Record<string, Value>): boolean {
  return runsTheirCode(String(event_name)) && isHeadElsewhere(event as Payload, String(repository));
}
