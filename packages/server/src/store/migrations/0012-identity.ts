import { type Kysely, sql } from 'kysely';
import { identity, isPostgres } from '../identity.ts';

/** Users, their roles, tokens, sessions and links; from here on the audit log can only be added to. */
export async function up(store: Kysely<unknown>): Promise<void> {
  await addPeople(store);
  await addCredentials(store);
  await store.schema.createIndex('audit_actor').on('audit').columns(['actor', 'id']).execute();
  await (isPostgres(store) ? sealAuditOfPostgres(store) : sealAuditOfSqlite(store));
}

async function addPeople(store: Kysely<unknown>): Promise<void> {
  await store.schema
    .createTable('user_account')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('password', 'text')
    .addColumn('is_server_admin', 'integer', (column) => column.notNull())
    .addColumn('oidc_subject', 'text', (column) => column.unique())
    .addColumn('disabled_at', 'bigint')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();
  await store.schema
    .createTable('project_member')
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('user_name', 'text', (column) => column.notNull())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('project_member_key', ['user_name', 'project'])
    .execute();
}

async function addCredentials(store: Kysely<unknown>): Promise<void> {
  await store.schema
    .createTable('api_token')
    .addColumn('id', 'integer', identity(store))
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull().unique())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('scopes', 'text')
    .addColumn('project', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint')
    .addColumn('revoked_at', 'bigint')
    .addColumn('last_used_at', 'bigint')
    .execute();
  await store.schema.createIndex('api_token_owner').on('api_token').column('owner').execute();
  await store.schema
    .createTable('session')
    .addColumn('hash', 'text', (column) => column.primaryKey())
    .addColumn('user_name', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
  await store.schema
    .createTable('one_time_link')
    .addColumn('hash', 'text', (column) => column.primaryKey())
    .addColumn('purpose', 'text', (column) => column.notNull())
    .addColumn('user_name', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('used_at', 'bigint')
    .execute();
}

async function sealAuditOfSqlite(store: Kysely<unknown>): Promise<void> {
  for (const change of ['update', 'delete'] as const) {
    await sql`
      create trigger ${sql.ref(`audit_no_${change}`)} before ${sql.raw(change)} on audit
      begin select raise(abort, 'the audit log can only be added to'); end
    `.execute(store);
  }
}

async function sealAuditOfPostgres(store: Kysely<unknown>): Promise<void> {
  await sql`
    create function refuse_audit_change() returns trigger language plpgsql as $$
    begin raise exception 'the audit log can only be added to'; end $$
  `.execute(store);
  await sql`
    create trigger audit_only_added before update or delete or truncate on audit
    for each statement execute function refuse_audit_change()
  `.execute(store);
}
