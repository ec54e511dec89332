import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { z } from 'zod';
import { hashPassword } from './auth/password.ts';
import { postgresUserStore } from './auth/postgres-user-store.ts';
import { requireConfig } from './config/require-config.ts';
import { databaseUrl, readVariables } from './config/variables.ts';
import { type Database, openDatabase } from './database/database.ts';
import { findPending, type MarkedMigration, migrate, migrations } from './database/migrations.ts';
import { faultVariables, toFaults } from './faults/faults.ts';

/**
 * `npm run migrate`: brings the schema of DATABASE_URL up to date. Exit status 0 means that it is. Where TEST_USER_EMAIL and
 * TEST_USER_PASSWORD are set, the account that smoke and end-to-end tests sign in with exists after it.
 * `npm run migrate -- --pending` changes nothing and prints what is pending, one JSON object a line: `{"name","kind","unusedFrom"?}`.
 */
const variables = requireConfig(
  readVariables(
    {
      DATABASE_URL: databaseUrl,
      TEST_USER_EMAIL: z.email().toLowerCase().optional(),
      TEST_USER_PASSWORD: z.string().min(8, 'must have at least 8 characters').optional(),
      ...faultVariables,
    },
    process.env,
  ),
);
const log = pino({ base: { service: 'migrations' } });
const failing: Record<string, MarkedMigration> = {
  '9999-fault': { kind: 'expand', up: () => Promise.reject(new Error('FAULT_MIGRATION is on')) },
};
const all = toFaults(variables).failMigration ? { ...migrations, ...failing } : migrations;

// No statement time-out: a migration, or the wait for another one to finish, may well take its time.
const database = openDatabase(variables.DATABASE_URL, { log, statementTimeoutMs: 0 });
try {
  if (process.argv.includes('--pending')) {
    for (const migration of await findPending(database, all))
      process.stdout.write(`${JSON.stringify(migration)}\n`);
  } else {
    await bringUpToDate(database);
  }
} finally {
  await database.destroy();
}

async function bringUpToDate(database: Database): Promise<void> {
  const outcome = await migrate(database, all);
  if (outcome.kind === 'failed') {
    log.error(
      { err: outcome.reason, migration: outcome.at },
      'migration failed; all of this attempt was undone',
    );
    process.exitCode = 1;
    return;
  }
  log.info({ applied: outcome.applied }, outcome.applied.length > 0 ? 'migrated' : 'nothing was pending');
  await ensureTestUser(database);
}

/** An account that is there already keeps its password. */
async function ensureTestUser(database: Database): Promise<void> {
  const { TEST_USER_EMAIL: email, TEST_USER_PASSWORD: password } = variables;
  if (email === undefined || password === undefined) return;
  const user = { id: randomUUID(), email, name: 'Synthetic account' };
  await postgresUserStore(database).insert({ user, passwordHash: await hashPassword(password) });
}
