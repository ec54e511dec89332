import type { Kysely } from 'kysely';
import { identity } from '../identity.ts';
import type { Tables } from '../schema.ts';

/** Secrets, variables, environments and approvals. Variables of projects move out of their settings. */
export async function up(store: Kysely<unknown>): Promise<void> {
  await createSecrets(store);
  await createEnvironments(store);
  await createApprovals(store);
  await moveVariables(store as Kysely<Pick<Tables, 'project' | 'variable'>>);
}

/** Names that differ only in case become one; the last that was written counts. */
async function moveVariables(store: Kysely<Pick<Tables, 'project' | 'variable'>>): Promise<void> {
  for (const { name, settings, created_at } of await store.selectFrom('project').selectAll().execute()) {
    const { vars, ...rest } = JSON.parse(settings) as { vars?: Record<string, string> };
    if (vars === undefined) continue;
    const values = new Map(Object.entries(vars).map(([key, value]) => [key.toUpperCase(), value]));
    for (const [key, value] of values) {
      const row = { scope: `project:${name.toLowerCase()}`, name: key, value, updated_by: 'slipway' };
      await store
        .insertInto('variable')
        .values({ ...row, created_at, updated_at: created_at })
        .execute();
    }
    await store
      .updateTable('project')
      .set({ settings: JSON.stringify(rest) })
      .where('name', '=', name)
      .execute();
  }
}

async function createSecrets(store: Kysely<unknown>): Promise<void> {
  await store.schema
    .createTable('secret')
    .addColumn('scope', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('key_id', 'text', (column) => column.notNull())
    .addColumn('sealed', 'text', (column) => column.notNull())
    .addColumn('updated_by', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('secret_key_columns', ['scope', 'name'])
    .execute();
  await store.schema.createIndex('secret_by_key').on('secret').column('key_id').execute();
  await store.schema
    .createTable('secret_key')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('retired_at', 'bigint')
    .execute();
  await store.schema
    .createTable('variable')
    .addColumn('scope', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addColumn('updated_by', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('variable_key', ['scope', 'name'])
    .execute();
}

async function createEnvironments(store: Kysely<unknown>): Promise<void> {
  await store.schema
    .createTable('environment')
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('settings', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('environment_key', ['project', 'key'])
    .execute();
  await store.schema
    .createTable('delivery_file')
    .addColumn('project', 'text', (column) => column.primaryKey())
    .addColumn('blob', 'text', (column) => column.notNull())
    .addColumn('content', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute();
  await store.schema
    .createTable('environment_job')
    .addColumn('run_id', 'integer', (column) => column.notNull())
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('job_key', 'text', (column) => column.notNull())
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('environment', 'text', (column) => column.notNull())
    .addColumn('deployment_id', 'integer')
    .addColumn('asked_at', 'bigint', (column) => column.notNull())
    .addColumn('entered_at', 'bigint')
    .addPrimaryKeyConstraint('environment_job_key', ['run_id', 'attempt', 'job_key'])
    .execute();
  await store.schema
    .createIndex('environment_job_by_deployment')
    .on('environment_job')
    .column('deployment_id')
    .execute();
}

async function createApprovals(store: Kysely<unknown>): Promise<void> {
  await store.schema
    .createTable('approval')
    .addColumn('id', 'integer', identity(store))
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('environment', 'text', (column) => column.notNull())
    .addColumn('subject_kind', 'text', (column) => column.notNull())
    .addColumn('subject_id', 'integer', (column) => column.notNull())
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('binding', 'text', (column) => column.notNull())
    .addColumn('binding_hash', 'text', (column) => column.notNull())
    .addColumn('requested_by', 'text', (column) => column.notNull())
    .addColumn('requested_at', 'bigint', (column) => column.notNull())
    .addColumn('asked_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addUniqueConstraint('approval_once', ['subject_kind', 'subject_id', 'attempt', 'environment'])
    .execute();
  await store.schema.createIndex('approval_by_project').on('approval').columns(['project', 'id']).execute();
  await store.schema.createIndex('approval_by_state').on('approval').columns(['state', 'id']).execute();
  await store.schema
    .createTable('approval_decision')
    .addColumn('id', 'integer', identity(store))
    .addColumn('approval_id', 'integer', (column) => column.notNull())
    .addColumn('verdict', 'text', (column) => column.notNull())
    .addColumn('by', 'text', (column) => column.notNull())
    .addColumn('comment', 'text', (column) => column.notNull())
    .addColumn('binding', 'text', (column) => column.notNull())
    .addColumn('binding_hash', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .execute();
  await store.schema
    .createIndex('approval_decision_by_approval')
    .on('approval_decision')
    .column('approval_id')
    .execute();
}
