import type { Kysely } from 'kysely';
import { identity } from '../identity.ts';

/** Releases, plans, deployments with their rollouts, environments, bundles and notifications. */
export async function up(store: Kysely<unknown>): Promise<void> {
  await releases(store);
  await deployments(store);
  await environments(store);
  await notifications(store);
}

async function releases(store: Kysely<unknown>): Promise<void> {
  await store.schema
    .createTable('release')
    .addColumn('id', 'integer', identity(store))
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('commit_sha', 'text', (column) => column.notNull())
    .addColumn('ordinal', 'integer', (column) => column.notNull())
    .addColumn('ref', 'text', (column) => column.notNull())
    .addColumn('version', 'text', (column) => column.notNull())
    .addColumn('tag', 'text', (column) => column.notNull())
    .addColumn('components', 'text', (column) => column.notNull())
    .addColumn('described', 'text', (column) => column.notNull())
    .addColumn('evidence', 'text', (column) => column.notNull())
    .addColumn('created_by', 'text', (column) => column.notNull())
    .addColumn('run_id', 'integer')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('committed_at', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('release_tag', ['project', 'tag'])
    .execute();
  await store.schema
    .createTable('bundle')
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('size', 'bigint', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('bundle_key', ['project', 'digest'])
    .execute();
}

async function deployments(store: Kysely<unknown>): Promise<void> {
  await store.schema
    .createTable('deployment_plan')
    .addColumn('id', 'integer', identity(store))
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('environment', 'text', (column) => column.notNull())
    .addColumn('release_id', 'integer', (column) => column.notNull())
    .addColumn('run_id', 'integer')
    .addColumn('haste', 'text', (column) => column.notNull())
    .addColumn('plan', 'text', (column) => column.notNull())
    .addColumn('plan_hash', 'text', (column) => column.notNull())
    .addColumn('requested_by', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();
  await store.schema
    .createIndex('deployment_plan_by_hash')
    .on('deployment_plan')
    .columns(['project', 'plan_hash'])
    .execute();
  await store.schema
    .createIndex('deployment_plan_by_run')
    .on('deployment_plan')
    .columns(['run_id', 'environment'])
    .execute();
  await store.schema
    .createTable('deployment')
    .addColumn('id', 'integer', identity(store))
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('environment', 'text', (column) => column.notNull())
    .addColumn('release_id', 'integer', (column) => column.notNull())
    .addColumn('run_id', 'integer')
    .addColumn('haste', 'text', (column) => column.notNull())
    .addColumn('plan', 'text', (column) => column.notNull())
    .addColumn('plan_hash', 'text', (column) => column.notNull())
    .addColumn('pinned', 'integer', (column) => column.notNull())
    .addColumn('requested_by', 'text', (column) => column.notNull())
    .addColumn('requested_at', 'bigint', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('state_kind', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('weight', 'real')
    .addColumn('waiting', 'text')
    .addColumn('started_at', 'bigint')
    .addColumn('finished_at', 'bigint')
    .execute();
  await store.schema
    .createIndex('deployment_by_environment')
    .on('deployment')
    .columns(['project', 'environment', 'id'])
    .execute();
  await store.schema
    .createIndex('deployment_by_state')
    .on('deployment')
    .columns(['finished_at', 'project'])
    .execute();
  await store.schema
    .createTable('rollout_event')
    .addColumn('id', 'integer', identity(store))
    .addColumn('deployment_id', 'integer', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('event', 'text', (column) => column.notNull())
    .execute();
  await store.schema
    .createIndex('rollout_event_of_deployment')
    .on('rollout_event')
    .columns(['deployment_id', 'id'])
    .execute();
}

async function environments(store: Kysely<unknown>): Promise<void> {
  await store.schema
    .createTable('rollout_environment')
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('driver', 'text')
    .addColumn('driver_fence', 'integer', (column) => column.notNull())
    .addColumn('lease_ends_at', 'bigint')
    .addColumn('frozen', 'text')
    .addColumn('frozen_at', 'bigint')
    .addColumn('drift', 'text')
    .addColumn('observed_at', 'bigint')
    .addPrimaryKeyConstraint('rollout_environment_key', ['project', 'name'])
    .execute();
}

async function notifications(store: Kysely<unknown>): Promise<void> {
  await store.schema
    .createTable('notification')
    .addColumn('id', 'integer', identity(store))
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('environment', 'text', (column) => column.notNull())
    .addColumn('deployment_id', 'integer')
    .addColumn('channel', 'text')
    .addColumn('notice', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('failures', 'integer', (column) => column.notNull())
    .addColumn('problem', 'text')
    .addColumn('next_at', 'bigint')
    .addColumn('delivered_at', 'bigint')
    .addColumn('external_id', 'text')
    .execute();
  await store.schema.createIndex('notification_by_next').on('notification').column('next_at').execute();
}
