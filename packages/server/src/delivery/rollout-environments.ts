import type { Selectable } from 'kysely';
import type { Store } from '../store/open-store.ts';
import type { RolloutEnvironmentTable } from '../store/tables/delivery.ts';

/** An environment of a project. */
export interface Place {
  project: string;
  environment: string;
}

/** The right to drive the rollouts of an environment, of one process at a time. Each write of a driver checks it. */
export interface EnvironmentLease extends Place {
  owner: string;
  fence: number;
  leaseMs: number;
}

/** Another process drives the environment now. */
export class EnvironmentLostError extends Error {
  override readonly name = 'EnvironmentLostError';
  constructor({ project, environment }: Place) {
    super(`another process drives ${environment} of ${project} now`);
  }
}

interface Clock {
  store: Store;
  now: number;
}

export async function ensureEnvironment(store: Store, { project, environment }: Place): Promise<void> {
  await store
    .insertInto('rollout_environment')
    .values({ project, name: environment, driver_fence: 0 })
    .onConflict((conflict) => conflict.columns(['project', 'name']).doNothing())
    .execute();
}

/** Null if nothing was ever deployed there. */
export async function readEnvironment(
  store: Store,
  { project, environment }: Place,
): Promise<Selectable<RolloutEnvironmentTable> | null> {
  const row = await store
    .selectFrom('rollout_environment')
    .selectAll()
    .where(({ and }) => and({ project, name: environment }))
    .executeTakeFirst();
  return row ?? null;
}

/** @returns null if another process has it */
export async function takeEnvironment(
  { store, now }: Clock,
  { project, environment, owner, leaseMs }: Place & { owner: string; leaseMs: number },
): Promise<EnvironmentLease | null> {
  const row = await store
    .updateTable('rollout_environment')
    .set(({ eb, ref }) => ({
      driver: owner,
      driver_fence: eb(ref('driver_fence'), '+', 1),
      lease_ends_at: now + leaseMs,
    }))
    .where(({ and }) => and({ project, name: environment }))
    .where(({ or, eb }) => or([eb('driver', 'is', null), eb('lease_ends_at', '<', now)]))
    .returning('driver_fence')
    .executeTakeFirst();
  return row ? { project, environment, owner, leaseMs, fence: row.driver_fence } : null;
}

/** @throws EnvironmentLostError */
export async function renewEnvironment({ store, now }: Clock, lease: EnvironmentLease): Promise<void> {
  const { project, environment, owner, fence, leaseMs } = lease;
  const row = await store
    .updateTable('rollout_environment')
    .set({ lease_ends_at: now + leaseMs })
    .where(({ and }) => and({ project, name: environment, driver: owner, driver_fence: fence }))
    .returning('name')
    .executeTakeFirst();
  if (!row) throw new EnvironmentLostError(lease);
}

/** Lets another process drive the environment at once. */
export async function giveUpEnvironment(
  store: Store,
  { project, environment, owner, fence }: EnvironmentLease,
): Promise<void> {
  await store
    .updateTable('rollout_environment')
    .set({ driver: null, lease_ends_at: null })
    .where(({ and }) => and({ project, name: environment, driver: owner, driver_fence: fence }))
    .execute();
}

/** From now on it takes no deployment but one that goes back, until a person clears it. */
export async function freezeEnvironment(
  { store, now }: Clock,
  { project, environment }: Place,
  reason: string,
): Promise<void> {
  await store
    .updateTable('rollout_environment')
    .set({ frozen: reason, frozen_at: now })
    .where(({ and }) => and({ project, name: environment }))
    .where('frozen', 'is', null)
    .execute();
}

/** @returns whether it was frozen */
export async function unfreezeEnvironment(store: Store, { project, environment }: Place): Promise<boolean> {
  const row = await store
    .updateTable('rollout_environment')
    .set({ frozen: null, frozen_at: null })
    .where(({ and }) => and({ project, name: environment }))
    .where('frozen', 'is not', null)
    .returning('name')
    .executeTakeFirst();
  return row !== undefined;
}
