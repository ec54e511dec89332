import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { Kysely, Migrator } from 'kysely';
import * as artifactsAndCaches from './migrations/0001-artifacts-and-caches.ts';
import { nodeSqliteDialect } from './node-sqlite.ts';
import type { Tables } from './schema.ts';

export type Store = Kysely<Tables>;

/** Forward only: a name that was released is never changed. */
const migrations = { '0001-artifacts-and-caches': artifactsAndCaches };

/**
 * Opens the embedded store, creating the file and applying what is missing of the schema. Safe when several processes do it at once.
 * @throws Error if the file is not a database or was written by a newer Slipway.
 */
export async function openStore(file: string): Promise<Store> {
  mkdirSync(path.dirname(file), { recursive: true });
  const store = new Kysely<Tables>({ dialect: nodeSqliteDialect(file) });
  const migrator = new Migrator({ db: store, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) {
    await store.destroy();
    throw new Error(`cannot open the store ${file}: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
  return store;
}
