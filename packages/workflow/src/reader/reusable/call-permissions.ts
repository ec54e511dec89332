import type { Job, PermissionLevel, Permissions, Workflow } from '../../model/workflow.ts';
import { everyScope } from '../convert/permissions.ts';

/** What a repository's token may do where no workflow says it. */
export type PermissionsPolicy = 'LimitedRead' | 'Write';

/**
 * The most that a called workflow may have: what its caller's job, or workflow, or the caller's own caller grants.
 * Undefined if none of them says anything; then the repository's policy holds.
 */
export function grantedTo(
  job: Job,
  workflow: Workflow,
  inherited: Permissions | undefined,
): Permissions | undefined {
  return job.permissions ?? workflow.permissions ?? inherited;
}

/** What the called workflow requests, at its top and in its jobs, beyond what it may have. */
export interface Excess {
  /** Undefined: the workflow itself requests it. */
  job?: Job;
  /** `actions: write`, … */
  requested: string[];
  /** `actions: read`, … */
  allowed: string[];
}

/** @see actions/runner, src/Sdk/WorkflowParser/Conversion/PermissionsHelper.cs and Permissions.cs */
export function findExcess(
  called: Workflow,
  granted: Permissions | undefined,
  policy: PermissionsPolicy,
): Excess[] {
  const most = granted ?? policies[policy];
  const requests = [
    { permissions: called.permissions },
    ...called.jobs.map((job) => ({ job, permissions: job.permissions })),
  ];
  return requests.flatMap(({ permissions = {}, ...of }): Excess[] => {
    const scopes = Object.keys(permissions).filter((scope) => rank(permissions[scope]) > rank(most[scope]));
    if (scopes.length === 0) return [];
    const words = (levels: Permissions) => scopes.map((scope) => `${scope}: ${levels[scope] ?? 'none'}`);
    return [{ ...of, requested: words(permissions), allowed: words(most) }];
  });
}

const policies: Record<PermissionsPolicy, Permissions> = {
  LimitedRead: { contents: 'read', packages: 'read' },
  Write: everyScope('write'),
};

function rank(level: PermissionLevel | undefined): number {
  return level === 'write' ? 2 : level === 'read' ? 1 : 0;
}
