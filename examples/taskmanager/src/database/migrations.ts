import { type Migration, Migrator } from 'kysely/migration';
import type { Database } from './database.ts';
import * as usersAndSessions from './migrations/0001-users-and-sessions.ts';
import * as tasks from './migrations/0002-tasks.ts';
import * as notifications from './migrations/0003-notifications.ts';

/**
 * A migration that says what it does to the release before it, which runs on the same schema during a rollout. `expand` only adds;
 * `contract` takes away what no release from `unusedFrom` on uses: the number of commits up to that release (`git rev-list --count`).
 */
export type MarkedMigration = Migration & ({ kind: 'expand' } | { kind: 'contract'; unusedFrom: number });

/**
 * In order. They only go forward: a mistake is mended by a further migration. Each must leave the release before it
 * working (expand first, contract a release later), since both run during a rollout.
 */
export const migrations: Record<string, MarkedMigration> = {
  '0001-users-and-sessions': usersAndSessions,
  '0002-tasks': tasks,
  '0003-notifications': notifications,
};

/** One line of `npm run migrate -- --pending`. */
export type PendingMigration = { name: string; kind: 'expand' | 'contract'; unusedFrom?: number };

export type MigrationOutcome =
  | { kind: 'migrated'; applied: string[] }
  | { kind: 'failed'; at: string | undefined; reason: unknown };

/** Applies what is pending in one transaction, under a lock that makes a second caller wait. */
export async function migrate(
  database: Database,
  all: Record<string, Migration> = migrations,
): Promise<MigrationOutcome> {
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => all } });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error) {
    const failed = results.find((result) => result.status === 'Error');
    return { kind: 'failed', at: failed?.migrationName, reason: error };
  }
  return { kind: 'migrated', applied: results.map((result) => result.migrationName) };
}

/** What the database hasn't had, in order. Changes nothing, not even an empty database. */
export async function findPending(database: Database, all = migrations): Promise<PendingMigration[]> {
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => all } });
  const known = await migrator.getMigrations();
  return known
    .filter(({ executedAt }) => executedAt === undefined)
    .map(({ name }) => {
      const migration = all[name];
      return migration?.kind === 'contract'
        ? { name, kind: 'contract', unusedFrom: migration.unusedFrom }
        : { name, kind: 'expand' };
    });
}

/** Rejects when the schema is older than this release needs. A newer one is fine: see `migrations`. */
export async function requireMigrated(database: Database): Promise<void> {
  const applied = await database.selectFrom('kysely_migration').select('name').execute();
  const names = new Set(applied.map((row) => row.name));
  const pending = Object.keys(migrations).filter((name) => !names.has(name));
  if (pending.length > 0) throw new Error(`Migrations are pending: ${pending.join(', ')}`);
}
