import { type Migration, Migrator } from 'kysely/migration';
import type { Database } from './database.ts';
import * as usersAndSessions from './migrations/0001-users-and-sessions.ts';
import * as tasks from './migrations/0002-tasks.ts';
import * as notifications from './migrations/0003-notifications.ts';

/**
 * In order. They only go forward: a mistake is mended by a further migration. Each must leave the release before it
 * working (expand first, contract a release later), since both run during a rollout.
 */
export const migrations: Record<string, Migration> = {
  '0001-users-and-sessions': usersAndSessions,
  '0002-tasks': tasks,
  '0003-notifications': notifications,
};

export type MigrationOutcome =
  | { kind: 'migrated'; applied: string[] }
  | { kind: 'failed'; at: string | undefined; reason: unknown };

/** Applies what is pending in one transaction, under a lock that makes a second caller wait. */
export async function migrate(database: Database, all = migrations): Promise<MigrationOutcome> {
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => all } });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error) {
    const failed = results.find((result) => result.status === 'Error');
    return { kind: 'failed', at: failed?.migrationName, reason: error };
  }
  return { kind: 'migrated', applied: results.map((result) => result.migrationName) };
}

/** Rejects when the schema is older than this release needs. A newer one is fine: see `migrations`. */
export async function requireMigrated(database: Database): Promise<void> {
  const applied = await database.selectFrom('kysely_migration').select('name').execute();
  const names = new Set(applied.map((row) => row.name));
  const pending = Object.keys(migrations).filter((name) => !names.has(name));
  if (pending.length > 0) throw new Error(`Migrations are pending: ${pending.join(', ')}`);
}
