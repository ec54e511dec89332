import type { Kysely } from 'kysely';
import { identity } from '../identity.ts';

export async function up(store: Kysely<unknown>): Promise<void> {
  await createProjects(store);
  await createRuns(store);
  await createRunRecords(store);
  await createRunners(store);
  await store.schema.alterTable('job').addColumn('confirmed_at', 'bigint').execute();
  await store.schema
    .alterTable('job')
    .addColumn('lane', 'text', (column) => column.notNull().defaultTo(''))
    .execute();
  await store.schema
    .createIndex('job_by_lane')
    .on('job')
    .columns(['state', 'lane', 'priority desc', 'queued_at', 'id'])
    .execute();
}

async function createProjects(store: Kysely<unknown>): Promise<void> {
  await store.schema
    .createTable('project')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('settings', 'text', (column) => column.notNull())
    .addColumn('retention_days', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('driver', 'text')
    .addColumn('driver_fence', 'integer', (column) => column.notNull())
    .addColumn('lease_ends_at', 'bigint')
    .execute();
  await store.schema
    .createTable('schedule')
    .addColumn('id', 'integer', identity(store))
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('workflow_path', 'text', (column) => column.notNull())
    .addColumn('cron', 'text', (column) => column.notNull())
    .addColumn('timezone', 'text', (column) => column.notNull())
    .addColumn('next_at', 'bigint', (column) => column.notNull())
    .addColumn('last_at', 'bigint')
    .addUniqueConstraint('schedule_once', ['project', 'workflow_path', 'cron', 'timezone'])
    .execute();
  await store.schema.createIndex('schedule_by_next').on('schedule').column('next_at').execute();
}

async function createRuns(store: Kysely<unknown>): Promise<void> {
  await store.schema
    .createTable('event')
    .addColumn('id', 'integer', identity(store))
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('delivery_id', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('facts', 'text', (column) => column.notNull())
    .addColumn('depth', 'integer', (column) => column.notNull())
    .addColumn('diagnostics', 'text')
    .addColumn('received_at', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('event_once', ['project', 'delivery_id'])
    .execute();
  await store.schema
    .createTable('event_plan')
    .addColumn('id', 'integer', identity(store))
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('event_id', 'integer', (column) => column.notNull())
    .addColumn('plan', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .execute();
  await store.schema
    .createIndex('event_plan_by_state')
    .on('event_plan')
    .columns(['state', 'project', 'id'])
    .execute();
  await store.schema
    .createTable('run')
    .addColumn('id', 'integer', identity(store))
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('event_id', 'integer', (column) => column.notNull())
    .addColumn('event', 'text', (column) => column.notNull())
    .addColumn('ref', 'text', (column) => column.notNull())
    .addColumn('sha', 'text', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('workflow_path', 'text', (column) => column.notNull())
    .addColumn('workflow_name', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('priority', 'integer', (column) => column.notNull())
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('conclusion', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('started_at', 'bigint')
    .addColumn('finished_at', 'bigint')
    .addColumn('expires_at', 'bigint')
    .addUniqueConstraint('run_number', ['project', 'workflow_path', 'number'])
    .execute();
  await store.schema.createIndex('run_by_project').on('run').columns(['project', 'id']).execute();
  await store.schema.createIndex('run_by_event').on('run').column('event_id').execute();
  await store.schema.createIndex('run_by_expiry').on('run').column('expires_at').execute();
  await store.schema
    .createTable('run_counter')
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('workflow_path', 'text', (column) => column.notNull())
    .addColumn('last', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('run_counter_key', ['project', 'workflow_path'])
    .execute();
}

async function createRunRecords(store: Kysely<unknown>): Promise<void> {
  await store.schema
    .createTable('run_attempt')
    .addColumn('run_id', 'integer', (column) => column.notNull())
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('plan_id', 'integer', (column) => column.notNull())
    .addColumn('position', 'integer', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('conclusion', 'text')
    .addColumn('reason', 'text')
    .addColumn('superseded_by', 'integer')
    .addColumn('state', 'text')
    .addColumn('again', 'text')
    .addColumn('cancel', 'text')
    .addColumn('cancel_reason', 'text')
    .addColumn('followed_up', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('started_at', 'bigint')
    .addColumn('finished_at', 'bigint')
    .addPrimaryKeyConstraint('run_attempt_key', ['run_id', 'attempt'])
    .execute();
  await store.schema.createIndex('run_attempt_by_plan').on('run_attempt').column('plan_id').execute();
  await store.schema
    .createTable('run_event')
    .addColumn('id', 'integer', identity(store))
    .addColumn('run_id', 'integer', (column) => column.notNull())
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('event', 'text', (column) => column.notNull())
    .execute();
  await store.schema.createIndex('run_event_by_run').on('run_event').columns(['run_id', 'id']).execute();
  await store.schema
    .createTable('run_job')
    .addColumn('run_id', 'integer', (column) => column.notNull())
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('job_key', 'text', (column) => column.notNull())
    .addColumn('position', 'integer', (column) => column.notNull())
    .addColumn('job_id', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('needs', 'text', (column) => column.notNull())
    .addColumn('waiting', 'text')
    .addColumn('queue_id', 'integer')
    .addColumn('conclusion', 'text')
    .addColumn('reason', 'text')
    .addColumn('concluded_at', 'bigint')
    .addPrimaryKeyConstraint('run_job_key', ['run_id', 'attempt', 'job_key'])
    .execute();
}

async function createRunners(store: Kysely<unknown>): Promise<void> {
  await store.schema
    .createTable('runner')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('labels', 'text', (column) => column.notNull())
    .addColumn('first_seen_at', 'bigint', (column) => column.notNull())
    .addColumn('seen_at', 'bigint', (column) => column.notNull())
    .execute();
}
