import { SlipwayError } from '@slipway/contracts/errors';
import { type RawBuilder, sql } from 'kysely';
import { findProject, type Project } from '../projects/find-project.ts';
import type { Store } from '../store/open-store.ts';
import { mayDo, type Permission, requirePermission } from './permission.ts';
import type { Principal } from './principal.ts';

/** Somebody asks for something. */
export interface Asking {
  store: Store;
  principal: Principal;
  permission: Permission;
}

/**
 * The project, if it may be. Who may not is told the same whether it exists or not.
 * @throws SlipwayError `forbidden`, `unknown-project`
 */
export async function allowedProject(
  { store, principal, permission }: Asking,
  name: string,
): Promise<Project> {
  requirePermission(principal, permission, name);
  return findProject(store, name);
}

/**
 * The same for what belongs to a run.
 * @throws SlipwayError `forbidden`, `unknown-run`
 */
export async function requireRunPermission(asking: Asking, runId: number): Promise<void> {
  const row = await asking.store
    .selectFrom('run')
    .select('project')
    .where('id', '=', runId)
    .executeTakeFirst();
  requirePermissionOn(asking, row?.project, new SlipwayError('unknown-run'));
}

/**
 * The same for what belongs to a job, by its number in the queue.
 * @throws SlipwayError `forbidden`, `unknown-job`
 */
export async function requireJobPermission(asking: Asking, jobId: number): Promise<void> {
  const row = await asking.store
    .selectFrom('job')
    .select('project')
    .where('id', '=', jobId)
    .executeTakeFirst();
  const missing = new SlipwayError('unknown-job', { message: 'There is no such job.' });
  requirePermissionOn(asking, row?.project, missing);
}

/** Only who may see everything is told that something is not there. */
function requirePermissionOn(
  { principal, permission }: Asking,
  project: string | undefined,
  missing: SlipwayError,
): void {
  if (project !== undefined) requirePermission(principal, permission, project);
  else if (seesEverything(principal, permission)) throw missing;
  else throw new SlipwayError('forbidden');
}

function seesEverything(principal: Principal, permission: Permission): boolean {
  if (principal.kind !== 'person' || !principal.isServerAdmin) return false;
  return principal.scopes === null || principal.scopes.includes(permission);
}

/** Projects of which somebody may read: all, or those of these names in lower case. */
export type VisibleProjects = { kind: 'all' } | { kind: 'some'; names: readonly string[] };

export function visibleProjects(principal: Principal): VisibleProjects {
  if (seesEverything(principal, 'project.read')) return { kind: 'all' };
  return {
    kind: 'some',
    names: namesOf(principal).filter((name) => mayDo(principal, 'project.read', name)),
  };
}

/**
 * Those of one project, or of all that may be read.
 * @throws SlipwayError `forbidden` if that one may not, whether it exists or not
 */
export function visibleOf(principal: Principal, project: string | undefined): VisibleProjects {
  if (project === undefined) return visibleProjects(principal);
  requirePermission(principal, 'project.read', project);
  return { kind: 'some', names: [project.toLowerCase()] };
}

export function isVisible(visible: VisibleProjects, project: string): boolean {
  return visible.kind === 'all' || visible.names.includes(project.toLowerCase());
}

/** As a condition on a column that holds names of projects. */
export function visibleIn(visible: VisibleProjects, column: string): RawBuilder<boolean> {
  if (visible.kind === 'all') return sql`1 = 1`;
  if (visible.names.length === 0) return sql`1 = 0`;
  return sql`lower(${sql.ref(column)}) in (${sql.join(visible.names)})`;
}

function namesOf(principal: Principal): string[] {
  switch (principal.kind) {
    case 'person':
      return Object.keys(principal.roles);
    case 'job':
      return [principal.project.toLowerCase()];
    case 'runner':
      return [];
    default:
      return principal satisfies never;
  }
}
