import type { JobRequest } from '@slipway/workflow';
import { isOfFork } from './fork-code.ts';
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
