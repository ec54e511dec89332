import type { Migration } from 'kysely/migration';
import { pino } from 'pino';
import { requireConfig } from './config/require-config.ts';
import { databaseUrl, readVariables } from './config/variables.ts';
import { openDatabase } from './database/database.ts';
import { migrate, migrations } from './database/migrations.ts';
import { faultVariables } from './faults/faults.ts';

/** `npm run migrate`: brings the schema of DATABASE_URL up to date. Exit status 0 means that it is. */
const { DATABASE_URL, FAULT_MIGRATION } = requireConfig(
  readVariables({ DATABASE_URL: databaseUrl, FAULT_MIGRATION: faultVariables.FAULT_MIGRATION }, process.env),
);
const log = pino({ base: { service: 'migrations' } });
const failing: Record<string, Migration> = {
  '9999-fault': { up: () => Promise.reject(new Error('FAULT_MIGRATION is on')) },
};

// No statement time-out: a migration, or the wait for another one to finish, may well take its time.
const database = openDatabase(DATABASE_URL, { log, statementTimeoutMs: 0 });
const outcome = await migrate(database, FAULT_MIGRATION ? { ...migrations, ...failing } : migrations);
await database.destroy();
if (outcome.kind === 'failed') {
  log.error(
    { err: outcome.reason, migration: outcome.at },
    'migration failed; all of this attempt was undone',
  );
  process.exitCode = 1;
} else {
  log.info({ applied: outcome.applied }, outcome.applied.length > 0 ? 'migrated' : 'nothing was pending');
}
