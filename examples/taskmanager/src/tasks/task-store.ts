import type { Task, TaskPriority, TaskStatus } from './task.ts';

/** Where tasks are kept. Every implementation passes `tests/task-store.contract.ts`. */
export type TaskStore = {
  find(id: string): Promise<Task | undefined>;
  /** Newest first. */
  list(query: TaskQuery): Promise<TaskPage>;
  insert(task: Task): Promise<Written>;
  /**
   * Reads the task, refuses unless its version is `expectedVersion` (undefined accepts any), and writes what `revise`
   * makes of it, all as one step: of two writers with the same expected version exactly one succeeds.
   */
  update(change: TaskUpdate): Promise<Written | Refused>;
  remove(removal: {
    id: string;
    expectedVersion: number | undefined;
  }): Promise<{ kind: 'removed' } | Refused>;
};

export type TaskQuery = {
  status: TaskStatus | undefined;
  priority: TaskPriority | undefined;
  assigneeId: string | undefined;
  /** Only tasks due before this instant. */
  dueBefore: Date | undefined;
  /** Part of the title or the description, in any case. */
  text: string | undefined;
  limit: number;
  /** The last task of the page before; undefined for the first page. */
  after: TaskPosition | undefined;
};

/** A place in the list, stable while other tasks come and go. */
export type TaskPosition = { createdAt: Date; id: string };

export type TaskPage = {
  tasks: Task[];
  /** Where the next page begins; undefined on the last one. */
  next: TaskPosition | undefined;
};

export type TaskUpdate = {
  id: string;
  expectedVersion: number | undefined;
  revise(task: Task): Task;
};

export type Written = { kind: 'written'; task: Task } | { kind: 'unknown-assignee' };
export type Refused = { kind: 'missing' } | { kind: 'conflict' };

/** Cuts one row more than `limit` back to a page; the extra row only tells that there is another page. */
export function toPage(tasks: readonly Task[], limit: number): TaskPage {
  const page = tasks.slice(0, limit);
  const last = page.at(-1);
  return {
    tasks: page,
    next: tasks.length > limit && last ? { createdAt: last.createdAt, id: last.id } : undefined,
  };
}
