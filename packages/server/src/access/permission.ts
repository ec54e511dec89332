import { type permissionNames, roleNames } from '@slipway/contracts/api/identity';
import { SlipwayError } from '@slipway/contracts/errors';
import type { Principal } from './principal.ts';

export type Role = (typeof roleNames)[number];

/** What can be asked for in a project, with the least role that may, and the job permission (GitHub's name) that a job needs for it; null: no job may. */
export const permissionTable = {
  /** Runs, logs, artifacts, pull requests, deployments, settings without secrets. */
  'project.read': { role: 'reader', job: 'actions:read' },
  /** That the project exists, and who has a hand in it: every token of a job may. */
  'metadata.read': { role: 'reader', job: 'metadata:read' },
  'code.read': { role: 'reader', job: 'contents:read' },
  'code.write': { role: 'developer', job: 'contents:write' },
  /** Dispatch, rerun and cancel runs, delete artifacts and caches. */
  'run.write': { role: 'developer', job: 'actions:write' },
  'pull-request.read': { role: 'reader', job: 'pull-requests:read' },
  'pull-request.write': { role: 'developer', job: 'pull-requests:write' },
  /** Comments; those on a pull request may be written with its permission too. */
  'issue.read': { role: 'reader', job: 'issues:read' },
  'issue.write': { role: 'developer', job: 'issues:write' },
  'status.read': { role: 'reader', job: 'statuses:read' },
  'status.write': { role: 'developer', job: 'statuses:write' },
  'check.read': { role: 'reader', job: 'checks:read' },
  'check.write': { role: 'developer', job: 'checks:write' },
  'release.write': { role: 'developer', job: 'contents:write' },
  'security-event.read': { role: 'reader', job: 'security-events:read' },
  'security-event.write': { role: 'developer', job: 'security-events:write' },
  'deployment.read': { role: 'reader', job: 'deployments:read' },
  /** Begin, pause, abort and roll back deployments. Whether a deployment needs approval, and whose, is the environment's to say. */
  'deployment.write': { role: 'deployer', job: 'deployments:write' },
  /** Decide on a request for approval; the environment names the reviewers. */
  'approval.decide': { role: 'reader', job: null },
  /** Secrets, variables, environments, protection, members. */
  'project.admin': { role: 'admin', job: null },
} as const satisfies Record<Permission, { role: Role; job: string | null }>;

export type Permission = (typeof permissionNames)[number];

/** Whether somebody may do something in a project. Pure. */
export function mayDo(principal: Principal, permission: Permission, project: string): boolean {
  const { role, job } = permissionTable[permission];
  switch (principal.kind) {
    case 'person': {
      if (principal.scopes !== null && !principal.scopes.includes(permission)) return false;
      if (principal.isServerAdmin) return true;
      const own = principal.roles[project.toLowerCase()];
      return own !== undefined && isAtLeast(own, role);
    }
    case 'job': {
      if (job === null || principal.project.toLowerCase() !== project.toLowerCase()) return false;
      const [name = '', access] = job.split(':');
      const given = principal.permissions[name];
      return given === 'write' || given === access;
    }
    case 'runner':
      return false;
    default:
      return principal satisfies never;
  }
}

/** Whether a role may all that another one may. */
export function isAtLeast(role: Role, other: Role): boolean {
  return roleNames.indexOf(role) >= roleNames.indexOf(other);
}

/**
 * The same answer whether the project exists or not: who may not see it learns nothing.
 * @throws SlipwayError `forbidden`
 */
export function requirePermission(principal: Principal, permission: Permission, project: string): void {
  if (!mayDo(principal, permission, project)) throw new SlipwayError('forbidden');
}

/**
 * For what concerns the whole server: users, runners, projects, secrets of the organisation.
 * @throws SlipwayError `forbidden`
 */
export function requireServerAdmin(principal: Principal): void {
  if (principal.kind !== 'person' || !principal.isServerAdmin || principal.scopes !== null) {
    throw new SlipwayError('forbidden');
  }
}

/** As people are shown it, and as it stands in the audit log. */
export function nameOf(principal: Principal): string {
  switch (principal.kind) {
    case 'person':
      return principal.name;
    case 'job':
      return principal.actor;
    case 'runner':
      return `runner ${principal.name}`;
    default:
      return principal satisfies never;
  }
}
