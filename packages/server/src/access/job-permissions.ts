import type { JobRequest, Value } from '@slipway/workflow';
import type { Payload } from '@slipway/workflow/triggers';
import { textAt } from '../github/payload-values.ts';
import type { Job } from './principal.ts';

/**
 * What the token of a job may do: what workflow and job ask for, else the project's default. Code of a fork gets nothing to write with, and
 * no identity that clouds trust. Pure.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#how-permissions-are-calculated-for-a-workflow-job
 */
export function permissionsOfJob({ permissions, contexts }: JobRequest): Job['permissions'] {
  const given: Record<string, 'read' | 'write'> = { metadata: 'read' };
  const untrusted = isOfFork(contexts.github);
  for (const [name, level] of Object.entries(permissions)) {
    if (level === 'none' || (untrusted && name === 'id-token')) continue;
    given[name] = untrusted ? 'read' : level;
  }
  return given;
}

/** Code of another repository is executed: by every event about a pull request of a fork but the one that is made for that. */
export function isOfFork(github: Record<string, Value>): boolean {
  const name = text(github.event_name);
  if (!name.startsWith('pull_request') || name === 'pull_request_target') return false;
  const head = textAt(github.event as Payload, 'pull_request', 'head', 'repo', 'full_name');
  return head !== text(github.repository);
}

function text(value: Value | undefined): string {
  return typeof value === 'string' ? value : '';
}
