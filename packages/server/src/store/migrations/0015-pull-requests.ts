import type { Kysely } from 'kysely';
import { identity } from '../identity.ts';

export async function up(store: Kysely<unknown>): Promise<void> {
  await addPullRequests(store);
  await addReviews(store);
  await addEvents(store);
  await addHeldEvents(store);
  await store.schema
    .createTable('project_number')
    .addColumn('project', 'text', (column) => column.primaryKey())
    .addColumn('last', 'integer', (column) => column.notNull())
    .execute();
}

async function addPullRequests(store: Kysely<unknown>): Promise<void> {
  await store.schema
    .createTable('pull_request')
    .addColumn('id', 'integer', identity(store))
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('title', 'text', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addColumn('author', 'text', (column) => column.notNull())
    .addColumn('is_outside', 'integer', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('draft', 'integer', (column) => column.notNull())
    .addColumn('head_ref', 'text', (column) => column.notNull())
    .addColumn('base_ref', 'text', (column) => column.notNull())
    .addColumn('head_sha', 'text', (column) => column.notNull())
    .addColumn('base_sha', 'text', (column) => column.notNull())
    .addColumn('merge_sha', 'text')
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addColumn('closed_at', 'bigint')
    .addColumn('merged_at', 'bigint')
    .addColumn('merged_by', 'text')
    .addColumn('merge_commit_sha', 'text')
    .addColumn('merging', 'text')
    .addUniqueConstraint('pull_request_number', ['project', 'number'])
    .execute();
  await store.schema
    .createIndex('pull_request_state')
    .on('pull_request')
    .columns(['project', 'state'])
    .execute();
  await store.schema
    .createTable('pull_request_merge')
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('merge_sha', 'text', (column) => column.notNull())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('head_sha', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('pull_request_merge_key', ['project', 'merge_sha'])
    .execute();
  await store.schema
    .createIndex('pull_request_merge_head')
    .on('pull_request_merge')
    .columns(['project', 'head_sha'])
    .execute();
}

async function addReviews(store: Kysely<unknown>): Promise<void> {
  await store.schema
    .createTable('pull_request_review')
    .addColumn('id', 'integer', identity(store))
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('reviewer', 'text', (column) => column.notNull())
    .addColumn('verdict', 'text', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addColumn('head_sha', 'text', (column) => column.notNull())
    .addColumn('may_write', 'integer', (column) => column.notNull())
    .addColumn('submitted_at', 'bigint', (column) => column.notNull())
    .addColumn('dismissed_at', 'bigint')
    .execute();
  await store.schema
    .createIndex('pull_request_review_number')
    .on('pull_request_review')
    .columns(['project', 'number'])
    .execute();
}

async function addEvents(store: Kysely<unknown>): Promise<void> {
  await store.schema
    .createTable('pull_request_event')
    .addColumn('id', 'integer', identity(store))
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('detail', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('told_at', 'bigint')
    .execute();
  await store.schema
    .createIndex('pull_request_event_untold')
    .on('pull_request_event')
    .columns(['project', 'told_at'])
    .execute();
}

async function addHeldEvents(store: Kysely<unknown>): Promise<void> {
  await store.schema
    .createTable('held_event')
    .addColumn('id', 'integer', identity(store))
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('delivery_id', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('head_sha', 'text', (column) => column.notNull())
    .addColumn('happened', 'text', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('held_at', 'bigint', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('decided_by', 'text')
    .addColumn('decided_at', 'bigint')
    .addColumn('started_at', 'bigint')
    .addUniqueConstraint('held_event_once', ['project', 'delivery_id'])
    .execute();
  await store.schema
    .createIndex('held_event_number')
    .on('held_event')
    .columns(['project', 'number'])
    .execute();
}
