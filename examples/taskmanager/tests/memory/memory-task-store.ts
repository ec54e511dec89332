import type { Task } from '../../src/tasks/task.ts';
import { type TaskPosition, type TaskQuery, type TaskStore, toPage } from '../../src/tasks/task-store.ts';

/** Passes the same contract as the PostgreSQL store. `userIds` are the users that tasks may be assigned to. */
export function memoryTaskStore(userIds: ReadonlySet<string>): TaskStore {
  const tasks = new Map<string, Task>();
  const assignable = (task: Task) => task.assigneeId === null || userIds.has(task.assigneeId);

  return {
    find: async (id) => tasks.get(id),

    async list(query) {
      const found = [...tasks.values()].filter((task) => matches(task, query)).sort(newestFirst);
      return toPage(found.slice(0, query.limit + 1), query.limit);
    },

    async insert(task) {
      if (!assignable(task)) return { kind: 'unknown-assignee' };
      tasks.set(task.id, task);
      return { kind: 'written', task };
    },

    async update({ id, expectedVersion, revise }) {
      const current = tasks.get(id);
      if (!current) return { kind: 'missing' };
      if (expectedVersion !== undefined && current.version !== expectedVersion) return { kind: 'conflict' };
      const task = revise(current);
      if (!assignable(task)) return { kind: 'unknown-assignee' };
      tasks.set(id, task);
      return { kind: 'written', task };
    },

    async remove({ id, expectedVersion }) {
      const current = tasks.get(id);
      if (!current) return { kind: 'missing' };
      if (expectedVersion !== undefined && current.version !== expectedVersion) return { kind: 'conflict' };
      tasks.delete(id);
      return { kind: 'removed' };
    },
  };
}

function matches(task: Task, query: TaskQuery): boolean {
  const text = query.text?.toLowerCase();
  return (
    (query.status === undefined || task.status === query.status) &&
    (query.priority === undefined || task.priority === query.priority) &&
    (query.assigneeId === undefined || task.assigneeId === query.assigneeId) &&
    (query.dueBefore === undefined || (task.dueAt !== null && task.dueAt < query.dueBefore)) &&
    (text === undefined || `${task.title}\n${task.description}`.toLowerCase().includes(text)) &&
    (query.after === undefined || newestFirst(task, query.after) > 0)
  );
}

function newestFirst(a: TaskPosition, b: TaskPosition): number {
  const byTime = b.createdAt.getTime() - a.createdAt.getTime();
  return byTime !== 0 ? byTime : a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}
