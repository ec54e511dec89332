import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { storeKinds } from './stores.ts';

test('PostgreSQL itself ends the transaction of a server that stands still, so that others get what it has locked', async (context) => {
  const [, postgres] = storeKinds;
  if (postgres.unavailable !== null) return context.skip(postgres.unavailable);
  const kind = await postgres.create();
  try {
    const store = await kind.open();
    await store.transaction().execute(async (transaction) => {
      const { rows } = await sql`show idle_in_transaction_session_timeout`.execute(transaction);
      expect(rows).toEqual([{ idle_in_transaction_session_timeout: '1min' }]);
    });
  } finally {
    await kind.close();
  }
}, 60_000);
