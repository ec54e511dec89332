import { type ColumnDefinitionBuilder, type Kysely, PostgresAdapter } from 'kysely';

/** A table's own number, in the words of the store's dialect. Never given twice. */
export function identity(
  store: Kysely<unknown>,
): (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder {
  const takesIdentity = isPostgres(store);
  return (column) =>
    takesIdentity ? column.primaryKey().generatedAlwaysAsIdentity() : column.primaryKey().autoIncrement();
}

export function isPostgres(store: Kysely<unknown>): boolean {
  return store.getExecutor().adapter instanceof PostgresAdapter;
}
