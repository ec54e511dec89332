import { type Kysely, sql } from 'kysely';

export const kind = 'expand';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table tasks (
      id uuid primary key,
      title text not null,
      description text not null,
      status text not null,
      priority text not null,
      due_at timestamptz,
      assignee_id uuid,
      created_by uuid not null references users (id),
      created_at timestamptz not null,
      updated_at timestamptz not null,
      completed_at timestamptz,
      version integer not null,
      constraint tasks_assignee_fk foreign key (assignee_id) references users (id) on delete set null,
      constraint tasks_title check (char_length(title) between 1 and 200),
      constraint tasks_status check (status in ('todo', 'in-progress', 'done')),
      constraint tasks_priority check (priority in ('low', 'normal', 'high', 'urgent')),
      constraint tasks_completed check ((status = 'done') = (completed_at is not null)),
      constraint tasks_version check (version > 0)
    )`.execute(db);
  // The order of the list and of its page positions.
  await sql`create index tasks_newest on tasks (created_at desc, id desc)`.execute(db);
  await sql`create index tasks_assignee on tasks (assignee_id, created_at desc, id desc)`.execute(db);
  await sql`create index tasks_due on tasks (due_at) where status <> 'done'`.execute(db);
}
