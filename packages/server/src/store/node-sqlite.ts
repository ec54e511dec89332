import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely';

/**
 * Kysely on the SQLite that Node brings, so that the embedded store needs no native build.
 * WAL and `synchronous=FULL`: an acknowledged write survives `kill -9` and power loss. Several processes may have one
 * file open: transactions begin `IMMEDIATE`, so a reader that turns writer waits instead of failing with SQLITE_BUSY.
 */
export function nodeSqliteDialect(file: string): SqliteDialect {
  return new SqliteDialect({ database: async () => open(file) });
}

const busyTimeoutMs = 15_000;
const statementCacheSize = 200;

function open(file: string): SqliteDatabase {
  const database = new DatabaseSync(file, { timeout: busyTimeoutMs });
  database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
  const statements = new Map<string, SqliteStatement>();
  return {
    close: () => database.close(),
    prepare(sql) {
      const text = sql === 'begin' ? 'begin immediate' : sql;
      let statement = statements.get(text);
      if (statement === undefined) {
        if (statements.size >= statementCacheSize) statements.clear();
        statement = adapt(database.prepare(text));
        if (text === 'rollback') statement = onlyIn(database, statement);
        statements.set(text, statement);
      }
      return statement;
    },
  };
}

/**
 * After some errors (a full disk, an I/O error) SQLite has rolled back by itself, and another rollback would be an error that hides the first.
 * @see https://www.sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction
 */
function onlyIn(database: DatabaseSync, rollback: SqliteStatement): SqliteStatement {
  return {
    ...rollback,
    run: (parameters) =>
      database.isTransaction ? rollback.run(parameters) : { changes: 0, lastInsertRowid: 0 },
  };
}

function adapt(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...(parameters as SQLInputValue[])),
    run: (parameters) => statement.run(...(parameters as SQLInputValue[])),
    iterate: (parameters) => statement.iterate(...(parameters as SQLInputValue[])),
  };
}
