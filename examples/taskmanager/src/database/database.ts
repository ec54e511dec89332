import { Kysely, PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Schema } from './schema.ts';

export type Database = Kysely<Schema>;

/** Connects on first use. `destroy()` ends the pool. A statement time-out of 0 means none. */
export function openDatabase(
  url: string,
  { log, statementTimeoutMs = 10_000 }: { log: Logger; statementTimeoutMs?: number },
): Database {
  const pool = new Pool({
    connectionString: url,
    application_name: 'taskmanager',
    max: 10,
    connectionTimeoutMillis: 5_000,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: 30_000,
  });
  // An idle connection that breaks is replaced by the pool; without a listener the event would end the process.
  pool.on('error', (error) => log.warn({ err: error }, 'lost an idle database connection'));
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
}
