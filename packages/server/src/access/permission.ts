import { SlipwayError } from '@slipway/contracts/errors';
import type { Principal } from './principal.ts';

/** From least to most: each may do what those before it may. */
export const roles = ['reader', 'developer', 'deployer', 'admin'] as const;
export type Role = (typeof roles)[number];

/** What can be asked for in a project, with the least role that may, and the job permission (GitHub's name) that a job needs for it; null: no job may. */
export const permissionTable = {
  /** Runs, logs, artifacts, pull requests, deployments, settings without secrets. */
  'project.read': { role: 'reader', job: 'actions:read' },
  'code.read': { role: 'reader', job: 'contents:read' },
  'code.write': { role: 'developer', job: 'contents:write' },
  /** Dispatch, rerun and cancel runs, delete artifacts and caches. */
  'run.write': { role: 'developer', job: 'actions:write' },
  'pull-request.write': { role: 'developer', job: 'pull-requests:write' },
  'status.write': { role: 'developer', job: 'statuses:write' },
  'check.write': { role: 'developer', job: 'checks:write' },
  'release.write': { role: 'developer', job: 'contents:write' },
  'security-event.write': { role: 'developer', job: 'security-events:write' },
  /** Begin, pause, abort and roll back deployments. Whether a deployment needs approval, and whose, is the environment's to say. */
  'deployment.write': { role: 'deployer', job: 'deployments:write' },
  /** Decide on a request for approval; the environment names the reviewers. */
  'approval.decide': { role: 'reader', job: null },
  /** Secrets, variables, environments, protection, members. */
  'project.admin': { role: 'admin', job: null },
} as const satisfies Record<string, { role: Role; job: string | null }>;

export type Permission = keyof typeof permissionTable;

/** Whether somebody may do something in a project. Pure. */
export function mayDo(principal: Principal, permission: Permission, project: string): boolean {
  const { role, job } = permissionTable[permission];
  switch (principal.kind) {
    case 'person': {
      if (principal.scopes !== null && !principal.scopes.includes(permission)) return false;
      if (principal.isServerAdmin) return true;
      const own = principal.roles[project.toLowerCase()];
      return own !== undefined && roles.indexOf(own) >= roles.indexOf(role);
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
