import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { findPending, migrate, migrations, requireMigrated } from '../../src/database/migrations.ts';
import { databaseUrl, openEmptyDatabase, silentLog } from './servers.ts';

describe('migrations', () => {
  let server: Database;
  let name: string;
  const opened: Database[] = [];

  beforeAll(async () => {
    server = await openEmptyDatabase();
  });
  beforeEach(async () => {
    name = `taskmanager_migrations_${randomBytes(6).toString('hex')}_test`;
    await sql`create database ${sql.id(name)}`.execute(server);
    return async () => {
      await Promise.all(opened.splice(0).map((database) => database.destroy()));
      await sql`drop database ${sql.id(name)}`.execute(server);
    };
  });
  afterAll(() => server.destroy());

  function open(): Database {
    const url = new URL(databaseUrl);
    url.pathname = `/${name}`;
    const database = openDatabase(url.href, { log: silentLog, statementTimeoutMs: 0 });
    opened.push(database);
    return database;
  }

  test('bring an empty database up to date, and have nothing to do the second time', async () => {
    const database = open();
    await expect(requireMigrated(database)).rejects.toThrow();
    expect(await migrate(database)).toEqual({ kind: 'migrated', applied: Object.keys(migrations) });
    expect(await migrate(database)).toEqual({ kind: 'migrated', applied: [] });
    await expect(requireMigrated(database)).resolves.toBeUndefined();
  });

  test('that are pending are told with what they do, and telling changes nothing', async () => {
    const database = open();
    const all = {
      ...migrations,
      '9998-drop-a-column': { kind: 'contract' as const, unusedFrom: 42, up: async () => {} },
    };
    const names = Object.keys(migrations);
    expect(await findPending(database, all)).toEqual([
      ...names.map((name) => ({ name, kind: 'expand' })),
      { name: '9998-drop-a-column', kind: 'contract', unusedFrom: 42 },
    ]);
    const { rows } = await sql`select from pg_tables where schemaname = 'public'`.execute(database);
    expect(rows).toEqual([]);
    await migrate(database);
    expect(await findPending(database)).toEqual([]);
  });

  test('started twice at once are applied once', async () => {
    const outcomes = await Promise.all([migrate(open()), migrate(open())]);
    const applied = outcomes.flatMap((outcome) =>
      outcome.kind === 'migrated' ? outcome.applied : ['failed'],
    );
    expect(applied.sort()).toEqual(Object.keys(migrations).sort());
  });

  test('that fail leave nothing of themselves behind and say which one it was', async () => {
    const database = open();
    await sql`create table tasks (in_the_way boolean)`.execute(database);
    expect(await migrate(database)).toMatchObject({ kind: 'failed', at: '0002-tasks' });
    const { rows } = await sql<{ users: string | null }>`select to_regclass('users')::text as users`.execute(
      database,
    );
    expect(rows).toEqual([{ users: null }]);
    await expect(requireMigrated(database)).rejects.toThrow('0001-users-and-sessions, 0002-tasks');
  });
});
