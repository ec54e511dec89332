import { type Kysely, sql } from 'kysely';

export const kind = 'expand';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table notifications (
      id uuid primary key,
      task_id uuid not null references tasks (id) on delete cascade,
      kind text not null,
      due_at timestamptz not null,
      state text not null,
      reason text,
      created_at timestamptz not null,
      settled_at timestamptz,
      constraint notifications_once unique (task_id, kind, due_at),
      constraint notifications_kind check (kind in ('due-soon', 'overdue')),
      constraint notifications_state check (state in ('pending', 'sent', 'obsolete', 'dead')),
      constraint notifications_settled check ((state = 'pending') = (settled_at is null)),
      constraint notifications_reason check ((state = 'dead') = (reason is not null))
    )`.execute(db);
  await sql`create index notifications_open on notifications (created_at) where state = 'pending'`.execute(
    db,
  );
}
