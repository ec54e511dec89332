import type { Kysely } from 'kysely';
import { identity } from '../identity.ts';

/** The audit log. */
export async function up(store: Kysely<unknown>): Promise<void> {
  await store.schema
    .createTable('audit')
    .addColumn('id', 'integer', identity(store))
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('project', 'text')
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('detail', 'text', (column) => column.notNull())
    .execute();
  await store.schema.createIndex('audit_project').on('audit').columns(['project', 'id']).execute();
}
