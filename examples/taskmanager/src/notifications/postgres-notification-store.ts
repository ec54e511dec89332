import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import type { NotificationStore, Outcome } from './notification.ts';

export function postgresNotificationStore(database: Database): NotificationStore {
  return {
    async recordDue({ now, leadMs }) {
      const horizon = new Date(now.getTime() + leadMs);
      await sql`
        insert into notifications (id, task_id, kind, due_at, state, created_at)
        select gen_random_uuid(), id, case when due_at <= ${now}::timestamptz then 'overdue' else 'due-soon' end, due_at,
          'pending', ${now}::timestamptz
        from tasks
        where status <> 'done' and assignee_id is not null and due_at <= ${horizon}::timestamptz
        on conflict (task_id, kind, due_at) do nothing`.execute(database);
    },

    async pending(limit) {
      const rows = await database
        .selectFrom('notifications')
        .select('id')
        .where('state', '=', 'pending')
        .orderBy('created_at')
        .limit(limit)
        .execute();
      return rows.map((row) => row.id);
    },

    async lookUp(id) {
      const row = await selectWithTask(database, id).executeTakeFirst();
      if (row?.state !== 'pending') return { kind: 'settled' };
      const { email, name } = row;
      const moved = row.task_due_at?.getTime() !== row.due_at.getTime();
      if (row.status === 'done' || moved || email === null || name === null) return { kind: 'obsolete' };
      const task = { id: row.task_id, title: row.title, dueAt: row.due_at };
      return { kind: 'pending', notification: { id, kind: row.kind, task, recipient: { email, name } } };
    },

    async settle(id, outcome, now) {
      await database
        .updateTable('notifications')
        .set({ state: outcome.kind, settled_at: now, reason: reasonOf(outcome) })
        .where('id', '=', id)
        .where('state', '=', 'pending')
        .execute();
    },

    async revive() {
      const { numUpdatedRows } = await database
        .updateTable('notifications')
        .set({ state: 'pending', settled_at: null, reason: null })
        .where('state', '=', 'dead')
        .executeTakeFirst();
      return Number(numUpdatedRows);
    },

    async statistics() {
      const rows = await database
        .selectFrom('notifications')
        .select(({ fn }) => ['state', fn.countAll<string>().as('count'), fn.min('created_at').as('oldest')])
        .where('state', 'in', ['pending', 'dead'])
        .groupBy('state')
        .execute();
      const pending = rows.find((row) => row.state === 'pending');
      const dead = rows.find((row) => row.state === 'dead');
      return {
        pending: Number(pending?.count ?? 0),
        dead: Number(dead?.count ?? 0),
        oldestPendingAt: pending?.oldest,
      };
    },
  };
}

function selectWithTask(database: Database, id: string) {
  return database
    .selectFrom('notifications')
    .innerJoin('tasks', 'tasks.id', 'notifications.task_id')
    .leftJoin('users', 'users.id', 'tasks.assignee_id')
    .select([
      'notifications.kind',
      'notifications.state',
      'notifications.due_at',
      'notifications.task_id',
      'tasks.title',
      'tasks.status',
      'tasks.due_at as task_due_at',
      'users.email',
      'users.name',
    ])
    .where('notifications.id', '=', id);
}

function reasonOf(outcome: Outcome): string | null {
  return outcome.kind === 'dead' ? outcome.reason : null;
}
