import { CompiledQuery, PostgresDialect } from 'kysely';
import pg from 'pg';

/** int8: sizes and epoch milliseconds, all far below 2^53. */
const int8 = 20;

/**
 * A server that stands still, or is cut off, in the middle of a transaction holds locks that the others wait for, e.g. to take over what it
 * drives: until the system gives its connection up, which may be hours. None of the transactions here is idle for long.
 */
const longestIdleInTransaction = '60s';

/** Kysely on PostgreSQL, for several servers and many runners. */
export function postgresDialect(url: string): PostgresDialect {
  const types: pg.CustomTypesConfig = {
    getTypeParser: (id, format) => (id === int8 ? Number : pg.types.getTypeParser(id, format)),
  };
  const pool = new pg.Pool({ connectionString: url, max: 10, types, keepAlive: true });
  // A connection that breaks while nobody uses it is replaced by the next that somebody asks for.
  pool.on('error', () => {});
  const clients = new Set<pg.PoolClient>();
  pool.on('connect', (client) => {
    clients.add(client);
    client.on('error', () => {});
  });
  pool.on('remove', (client) => clients.delete(client));
  return new PostgresDialect({
    // Not as a parameter of the connection, which poolers in between refuse.
    async onCreateConnection(connection) {
      const limit = `set idle_in_transaction_session_timeout = '${longestIdleInTransaction}'`;
      await connection.executeQuery(CompiledQuery.raw(limit));
    },
    pool: {
      connect: () => pool.connect(),
      async end() {
        const ended = pool.end();
        // One that waits for an answer would do so for ever: nobody asks any more.
        for (const client of clients) void client.end().catch(() => {});
        await ended;
      },
    },
  });
}
