import type { Kysely } from 'kysely';
import { identity } from '../identity.ts';

export async function up(store: Kysely<unknown>): Promise<void> {
  await store.schema
    .createTable('token')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('hash', 'text', (column) => column.notNull().unique())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();
  await store.schema
    .createTable('repository_ref')
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('ref', 'text', (column) => column.notNull())
    .addColumn('sha', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('repository_ref_key', ['project', 'ref'])
    .execute();
  await store.schema
    .createTable('report')
    .addColumn('id', 'integer', identity(store))
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('run_id', 'integer', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('wanted', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('delivered', 'integer', (column) => column.notNull())
    .addColumn('external_id', 'text')
    .addColumn('failures', 'integer', (column) => column.notNull())
    .addColumn('problem', 'text')
    .addColumn('next_at', 'bigint')
    .addUniqueConstraint('report_once', ['run_id', 'subject', 'kind'])
    .execute();
  await store.schema.createIndex('report_by_next').on('report').column('next_at').execute();
  await store.schema
    .createTable('delivery')
    .addColumn('id', 'integer', identity(store))
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('delivery_id', 'text', (column) => column.notNull())
    .addColumn('event', 'text', (column) => column.notNull())
    .addColumn('payload', 'text', (column) => column.notNull())
    .addColumn('received_at', 'bigint', (column) => column.notNull())
    .addColumn('failures', 'integer', (column) => column.notNull())
    .addColumn('problem', 'text')
    .addColumn('next_at', 'bigint')
    .addUniqueConstraint('delivery_once', ['project', 'delivery_id'])
    .execute();
  await store.schema.createIndex('delivery_by_next').on('delivery').column('next_at').execute();
}
