import { sql } from 'kysely';
import type { Probe } from '../health/probe.ts';
import type { Database } from './database.ts';
import { requireMigrated } from './migrations.ts';

export function databaseProbe(database: Database): Probe {
  return {
    name: 'database',
    required: true,
    async check() {
      await sql`select 1`.execute(database);
    },
  };
}

export function schemaProbe(database: Database): Probe {
  return { name: 'schema', required: true, check: () => requireMigrated(database) };
}
