import type { Expression, ExpressionBuilder, Insertable, Selectable, SqlBool } from 'kysely';
import type { Database } from '../database/database.ts';
import { violates } from '../database/postgres-error.ts';
import type { Schema, TasksTable } from '../database/schema.ts';
import type { Task } from './task.ts';
import { type TaskQuery, type TaskStore, toPage } from './task-store.ts';

export function postgresTaskStore(database: Database): TaskStore {
  return {
    async find(id) {
      const row = await database.selectFrom('tasks').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toTask(row);
    },

    async list(query) {
      const rows = await selectTasks(database, query).execute();
      return toPage(rows.map(toTask), query.limit);
    },

    insert: (task) =>
      refusingUnknownAssignee(async () => {
        await database.insertInto('tasks').values(toRow(task)).execute();
        return { kind: 'written', task };
      }),

    update: ({ id, expectedVersion, revise }) =>
      refusingUnknownAssignee(() =>
        database.transaction().execute(async (transaction) => {
          const row = await transaction
            .selectFrom('tasks')
            .selectAll()
            .where('id', '=', id)
            .forUpdate()
            .executeTakeFirst();
          if (!row) return { kind: 'missing' };
          if (expectedVersion !== undefined && row.version !== expectedVersion) return { kind: 'conflict' };
          const task = revise(toTask(row));
          await transaction.updateTable('tasks').set(toRow(task)).where('id', '=', id).execute();
          return { kind: 'written', task };
        }),
      ),

    async remove({ id, expectedVersion }) {
      let deletion = database.deleteFrom('tasks').where('id', '=', id);
      if (expectedVersion !== undefined) deletion = deletion.where('version', '=', expectedVersion);
      const { numDeletedRows } = await deletion.executeTakeFirst();
      if (numDeletedRows > 0n) return { kind: 'removed' };
      const left = await database.selectFrom('tasks').select('id').where('id', '=', id).executeTakeFirst();
      return { kind: left ? 'conflict' : 'missing' };
    },
  };
}

function selectTasks(database: Database, query: TaskQuery) {
  return database
    .selectFrom('tasks')
    .selectAll()
    .where((eb) => eb.and(conditions(eb, query)))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(query.limit + 1);
}

function conditions(eb: ExpressionBuilder<Schema, 'tasks'>, query: TaskQuery): Expression<SqlBool>[] {
  const { status, priority, assigneeId, dueBefore, text, after } = query;
  const all: Expression<SqlBool>[] = [];
  if (status) all.push(eb('status', '=', status));
  if (priority) all.push(eb('priority', '=', priority));
  if (assigneeId) all.push(eb('assignee_id', '=', assigneeId));
  if (dueBefore) all.push(eb('due_at', '<', dueBefore));
  if (text)
    all.push(eb.or([eb('title', 'ilike', containing(text)), eb('description', 'ilike', containing(text))]));
  if (after) {
    const position = eb.tuple(eb.val(after.createdAt), eb.val(after.id));
    all.push(eb(eb.refTuple('created_at', 'id'), '<', position));
  }
  return all;
}

/** A LIKE pattern in which the text means itself. */
function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}

async function refusingUnknownAssignee<T>(
  write: () => Promise<T>,
): Promise<T | { kind: 'unknown-assignee' }> {
  try {
    return await write();
  } catch (error) {
    if (violates(error, 'tasks_assignee_fk')) return { kind: 'unknown-assignee' };
    throw error;
  }
}

function toTask(row: Selectable<TasksTable>): Task {
  return {
    id: row.id,
    title: row.title,
    description: row.description,
    status: row.status,
    priority: row.priority,
    dueAt: row.due_at,
    assigneeId: row.assignee_id,
    createdBy: row.created_by,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    completedAt: row.completed_at,
    version: row.version,
  };
}

function toRow(task: Task): Insertable<TasksTable> {
  return {
    id: task.id,
    title: task.title,
    description: task.description,
    status: task.status,
    priority: task.priority,
    due_at: task.dueAt,
    assignee_id: task.assigneeId,
    created_by: task.createdBy,
    created_at: task.createdAt,
    updated_at: task.updatedAt,
    completed_at: task.completedAt,
    version: task.version,
  };
}
