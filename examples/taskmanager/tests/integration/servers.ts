import { Redis } from 'ioredis';
import { sql } from 'kysely';
import { pino } from 'pino';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { requireMigrated } from '../../src/database/migrations.ts';

/** The servers that the integration tests run against, from the environment. Both are emptied by the tests. */
export const databaseUrl = required(
  'DATABASE_URL',
  'postgresql://taskmanager:testpass@localhost:5432/taskmanager_test',
);
export const redisUrl = required('REDIS_URL', 'redis://localhost:6379/0');

export const silentLog = pino({ level: 'silent' });

/** The migrated database without a row in it. */
export async function openEmptyDatabase(): Promise<Database> {
  const database = openDatabase(databaseUrl, { log: silentLog });
  await requireMigrated(database).catch((cause: unknown) => {
    throw new Error('The test database is not migrated: run `npm run migrate` first', { cause });
  });
  await sql`truncate users, sessions, tasks, notifications`.execute(database);
  return database;
}

export async function emptyRedis(): Promise<void> {
  const redis = new Redis(redisUrl);
  await redis.flushdb();
  await redis.quit();
}

function required(name: string, example: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`The integration tests need ${name}, for example ${example}`);
  return value;
}

if (!new URL(databaseUrl).pathname.endsWith('_test')) {
  throw new Error('The integration tests empty their database, so its name must end in "_test"');
}
