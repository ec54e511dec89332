import { pino } from 'pino';
import { openDatabase } from './database/database.ts';
import { migrate } from './database/migrations.ts';

/** `npm run migrate`: brings the schema of DATABASE_URL up to date. Exit status 0 means that it is. */
const log = pino({ base: { service: 'migrations' } });
const url = process.env.DATABASE_URL;
if (!url) {
  process.stderr.write(
    'DATABASE_URL: must be set to a URL such as postgresql://user:password@localhost:5432/taskmanager\n',
  );
  process.exit(2);
}

// No statement time-out: a migration, or the wait for another one to finish, may well take its time.
const database = openDatabase(url, { log, statementTimeoutMs: 0 });
const outcome = await migrate(database);
await database.destroy();
if (outcome.kind === 'failed') {
  log.error({ err: outcome.reason, migration: outcome.at }, 'migration failed; nothing of it was kept');
  process.exitCode = 1;
} else {
  log.info({ applied: outcome.applied }, outcome.applied.length > 0 ? 'migrated' : 'nothing was pending');
}
