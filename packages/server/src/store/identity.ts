import { type ColumnDefinitionBuilder, type Kysely, PostgresAdapter } from 'kysely';

/** A table's own number, in the words of the store's dialect. Never given twice. */
export function identity(
  store: Kysely<unknown>,
): (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder {
  const isPostgres = store.getExecutor().adapter instanceof PostgresAdapter;
  return (column) =>
    isPostgres ? column.primaryKey().generatedAlwaysAsIdentity() : column.primaryKey().autoIncrement();
}
