import { type Kysely, sql } from 'kysely';
import { identity } from '../identity.ts';

/** When a bundle was last needed, and what the server signs about releases. */
export async function up(store: Kysely<unknown>): Promise<void> {
  await store.schema
    .alterTable('bundle')
    .addColumn('used_at', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute();
  await sql`update bundle set used_at = created_at`.execute(store);
  await store.schema
    .createTable('attestation_key')
    .addColumn('kid', 'text', (column) => column.primaryKey())
    .addColumn('public_key', 'text', (column) => column.notNull())
    .addColumn('private_key', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();
  await store.schema
    .createTable('attestation')
    .addColumn('id', 'integer', identity(store))
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('release_id', 'integer', (column) => column.notNull())
    .addColumn('component', 'text', (column) => column.notNull())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('bundle', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('attestation_of_component', ['release_id', 'component'])
    .execute();
  await store.schema
    .createIndex('attestation_by_digest')
    .on('attestation')
    .columns(['project', 'digest'])
    .execute();
}
