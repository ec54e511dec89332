import { SlipwayError } from '@slipway/contracts/errors';
import type { Store } from '../store/open-store.ts';

export const defaultRetentionDays = 90;

/**
 * A new project, a repository whose events start runs.
 * @throws SlipwayError `project-exists`
 */
export async function createProject(
  { store, now }: { store: Store; now: number },
  { name, retentionDays = defaultRetentionDays, settings = {} }: NewProject,
): Promise<void> {
  const inserted = await store
    .insertInto('project')
    .values({
      name,
      settings: JSON.stringify(settings),
      retention_days: retentionDays,
      created_at: now,
      driver_fence: 0,
    })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returning('name')
    .executeTakeFirst();
  if (inserted === undefined) throw new SlipwayError('project-exists', { field: 'name' });
}

export interface NewProject {
  /** `owner/name`. */
  name: string;
  /** How long finished runs are kept; default 90. */
  retentionDays?: number;
  settings?: object;
}
