import type { Kysely } from 'kysely';

/** Jobs that can go on from a step, why jobs end, how large logs are, the keys of ID tokens, and ways to old runs. */
export async function up(store: Kysely<unknown>): Promise<void> {
  await store.schema
    .createTable('kept_job')
    .addColumn('job_id', 'integer', (column) => column.primaryKey())
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('run_id', 'integer', (column) => column.notNull())
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('job_key', 'text', (column) => column.notNull())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('size', 'bigint', (column) => column.notNull())
    .addColumn('summary', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();
  await store.schema
    .createIndex('kept_job_by_project')
    .on('kept_job')
    .columns(['project', 'job_id'])
    .execute();
  await store.schema.createIndex('kept_job_by_digest').on('kept_job').column('digest').execute();
  await store.schema.alterTable('run_attempt').addColumn('resume', 'text').execute();
  await store.schema.alterTable('job').addColumn('stop_reason', 'text').execute();
  await store.schema.alterTable('job').addColumn('log_bytes', 'bigint').execute();
  // Sums are read from it, without the jobs themselves.
  await store.schema.createIndex('job_log_bytes').on('job').columns(['project', 'log_bytes']).execute();
  await indexRuns(store);
  await store.schema
    .createTable('oidc_key')
    .addColumn('kid', 'text', (column) => column.primaryKey())
    .addColumn('public_key', 'text', (column) => column.notNull())
    .addColumn('private_key', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('signs_until', 'bigint', (column) => column.notNull())
    .addColumn('published_until', 'bigint', (column) => column.notNull())
    .execute();
}

/** What is asked of runs costs the same however many there are. */
async function indexRuns(store: Kysely<unknown>): Promise<void> {
  for (const column of ['ref', 'status', 'sha', 'event', 'actor']) {
    await store.schema
      .createIndex(`run_by_${column === 'event' ? 'event_name' : column}`)
      .on('run')
      .columns(['project', column, 'id'])
      .execute();
  }
  await store.schema.createIndex('event_by_received').on('event').column('received_at').execute();
}
