import { type EnvironmentSettings, environmentSettingsSchema } from '@slipway/contracts/api/environments';
import type { Store } from '../store/open-store.ts';
import { environmentKey } from './environment-rules.ts';

/** What was set of an environment by the API. */
export interface StoredEnvironment {
  name: string;
  settings: EnvironmentSettings;
}

interface Clock {
  store: Store;
  now: number;
}

export async function listStored(store: Store, project: string): Promise<StoredEnvironment[]> {
  const rows = await store
    .selectFrom('environment')
    .select(['name', 'settings'])
    .where('project', '=', project)
    .orderBy('key')
    .execute();
  return rows.map(({ name, settings }) => ({
    name,
    settings: environmentSettingsSchema.parse(JSON.parse(settings)),
  }));
}

/** Takes the place of all that was set before. */
export async function storeSettings(
  { store, now }: Clock,
  { project, name, settings }: StoredEnvironment & { project: string },
): Promise<void> {
  const changed = { settings: JSON.stringify(settings), updated_at: now };
  await store
    .insertInto('environment')
    .values({ project, key: environmentKey(name), name, ...changed, created_at: now })
    .onConflict((conflict) => conflict.columns(['project', 'key']).doUpdateSet(changed))
    .execute();
}

/** @returns whether there was something */
export async function removeSettings(
  store: Store,
  { project, name }: { project: string; name: string },
): Promise<boolean> {
  const row = await store
    .deleteFrom('environment')
    .where(({ and }) => and({ project, key: environmentKey(name) }))
    .returning('key')
    .executeTakeFirst();
  return row !== undefined;
}
