import type { Kysely } from 'kysely';

export async function up(store: Kysely<unknown>): Promise<void> {
  await store.schema
    .createTable('received_push')
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('ref', 'text', (column) => column.notNull())
    .addColumn('after_sha', 'text', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('is_job', 'integer', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('received_push_key', ['project', 'ref', 'after_sha'])
    .execute();
}
