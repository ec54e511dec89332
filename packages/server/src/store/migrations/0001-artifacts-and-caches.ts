import type { Kysely } from 'kysely';
import { identity } from '../identity.ts';

export async function up(store: Kysely<unknown>): Promise<void> {
  await store.schema
    .createTable('artifact')
    .addColumn('id', 'integer', identity(store))
    .addColumn('repository', 'text', (column) => column.notNull())
    .addColumn('run_id', 'text', (column) => column.notNull())
    .addColumn('job_key', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('mime_type', 'text', (column) => column.notNull())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('size', 'bigint', (column) => column.notNull())
    .addColumn('untrusted', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
  await store.schema
    .createIndex('artifact_by_name')
    .unique()
    .on('artifact')
    .columns(['run_id', 'name'])
    .execute();
  await store.schema.createIndex('artifact_by_digest').on('artifact').column('digest').execute();

  await store.schema
    .createTable('cache_entry')
    .addColumn('id', 'integer', identity(store))
    .addColumn('repository', 'text', (column) => column.notNull())
    .addColumn('scope', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('version', 'text', (column) => column.notNull())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('size', 'bigint', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('used_at', 'bigint', (column) => column.notNull())
    .execute();
  await store.schema
    .createIndex('cache_entry_by_key')
    .unique()
    .on('cache_entry')
    .columns(['repository', 'scope', 'version', 'key'])
    .execute();
  await store.schema.createIndex('cache_entry_by_digest').on('cache_entry').column('digest').execute();
}
