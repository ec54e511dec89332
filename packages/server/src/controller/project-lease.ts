import type { Store } from '../store/open-store.ts';

/**
 * The right to drive the runs of a project, of one server at a time. It is renewed with each write of the driver, in the same transaction, so
 * that a server which was thought dead and comes back can't write over what its successor wrote.
 */
export interface ProjectLease {
  project: string;
  /** Names the server. */
  owner: string;
  fence: number;
}

/** Another server drives the project now. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
  constructor(project: string) {
    super(`another server drives ${project} now`);
  }
}

interface Clock {
  store: Store;
  now: number;
}

/** @returns null if another server has it */
export async function takeLease(
  { store, now }: Clock,
  { project, owner, leaseMs }: { project: string; owner: string; leaseMs: number },
): Promise<ProjectLease | null> {
  const row = await store
    .updateTable('project')
    .set(({ eb, ref }) => ({
      driver: owner,
      driver_fence: eb(ref('driver_fence'), '+', 1),
      lease_ends_at: now + leaseMs,
    }))
    .where('name', '=', project)
    .where(({ or, eb }) => or([eb('driver', 'is', null), eb('lease_ends_at', '<', now)]))
    .returning('driver_fence')
    .executeTakeFirst();
  return row === undefined ? null : { project, owner, fence: row.driver_fence };
}

/** @throws LeaseLostError */
export async function renewProjectLease(
  { store, now }: Clock,
  { project, owner, fence }: ProjectLease,
  leaseMs: number,
): Promise<void> {
  const row = await store
    .updateTable('project')
    .set({ lease_ends_at: now + leaseMs })
    .where(({ and }) => and({ name: project, driver: owner, driver_fence: fence }))
    .returning('name')
    .executeTakeFirst();
  if (row === undefined) throw new LeaseLostError(project);
}

/** Lets another server drive the project at once. */
export async function giveUpLease(store: Store, { project, owner, fence }: ProjectLease): Promise<void> {
  await store
    .updateTable('project')
    .set({ driver: null, lease_ends_at: null })
    .where(({ and }) => and({ name: project, driver: owner, driver_fence: fence }))
    .execute();
}

/** Projects with something to drive that nobody drives. */
export async function projectsToDrive({ store, now }: Clock): Promise<string[]> {
  const rows = await store
    .selectFrom('project')
    .select('name')
    .where(({ or, eb }) => or([eb('driver', 'is', null), eb('lease_ends_at', '<', now)]))
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('event_plan')
          .select('event_plan.id')
          .where('event_plan.state', '=', 'active')
          .whereRef('event_plan.project', '=', 'project.name'),
      ),
    )
    .execute();
  return rows.map(({ name }) => name);
}
