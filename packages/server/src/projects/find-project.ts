import { type ProjectSettings, projectSettingsSchema } from '@slipway/contracts/api/projects';
import { SlipwayError } from '@slipway/contracts/errors';
import { sql } from 'kysely';
import type { Store } from '../store/open-store.ts';

export interface Project {
  /** `owner/name`, as it was written when it was created. */
  name: string;
  settings: ProjectSettings;
  retentionDays: number;
  createdAt: number;
}

/**
 * By its name, whatever the case of its letters.
 * @throws SlipwayError `unknown-project`
 */
export async function findProject(store: Store, name: string): Promise<Project> {
  const row = await store
    .selectFrom('project')
    .select(['name', 'settings', 'retention_days', 'created_at'])
    .where(sql<string>`lower(name)`, '=', name.toLowerCase())
    .executeTakeFirst();
  if (row === undefined) throw new SlipwayError('unknown-project');
  return projectOf(row);
}

export async function listProjects(store: Store): Promise<Project[]> {
  const rows = await store
    .selectFrom('project')
    .select(['name', 'settings', 'retention_days', 'created_at'])
    .orderBy('name')
    .execute();
  return rows.map(projectOf);
}

function projectOf(row: {
  name: string;
  settings: string;
  retention_days: number;
  created_at: number;
}): Project {
  return {
    name: row.name,
    settings: projectSettingsSchema.parse(JSON.parse(row.settings)),
    retentionDays: row.retention_days,
    createdAt: row.created_at,
  };
}
