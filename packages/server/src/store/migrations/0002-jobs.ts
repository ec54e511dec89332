import type { Kysely } from 'kysely';
import { identity } from '../identity.ts';

export async function up(store: Kysely<unknown>): Promise<void> {
  await store.schema
    .createTable('job')
    .addColumn('id', 'integer', identity(store))
    .addColumn('run_id', 'text', (column) => column.notNull())
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('job_key', 'text', (column) => column.notNull())
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('labels', 'text', (column) => column.notNull())
    .addColumn('priority', 'integer', (column) => column.notNull())
    .addColumn('request', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('fence', 'integer', (column) => column.notNull())
    .addColumn('runner', 'text')
    .addColumn('queued_at', 'bigint', (column) => column.notNull())
    .addColumn('claimed_at', 'bigint')
    .addColumn('lease_ends_at', 'bigint')
    .addColumn('finished_at', 'bigint')
    .addColumn('stop', 'text')
    .addColumn('result', 'text')
    .addUniqueConstraint('job_once', ['run_id', 'attempt', 'job_key'])
    .execute();
  await store.schema
    .createIndex('job_by_state')
    .on('job')
    .columns(['state', 'labels', 'priority', 'queued_at'])
    .execute();
  await store.schema.createIndex('job_by_project').on('job').columns(['state', 'project']).execute();
}
