/** What a team works on. `version` counts revisions from 1 and is what optimistic concurrency compares. */
export type Task = {
  id: string;
  title: string;
  description: string;
  status: TaskStatus;
  priority: TaskPriority;
  dueAt: Date | null;
  assigneeId: string | null;
  createdBy: string;
  createdAt: Date;
  updatedAt: Date;
  /** Set while the status is `done`, null otherwise. */
  completedAt: Date | null;
  version: number;
};

export const taskStatuses = ['todo', 'in-progress', 'done'] as const;
export type TaskStatus = (typeof taskStatuses)[number];

export const taskPriorities = ['low', 'normal', 'high', 'urgent'] as const;
export type TaskPriority = (typeof taskPriorities)[number];

/** What a person says about a new task; the rest is decided here. */
export type TaskDraft = {
  title: string;
  description: string;
  status: TaskStatus;
  priority: TaskPriority;
  dueAt: Date | null;
  assigneeId: string | null;
};

/** The fields to change. One that is absent or undefined stays as it is. */
export type TaskChanges = { [Field in keyof TaskDraft]?: TaskDraft[Field] | undefined };

export function draftTask(draft: TaskDraft, facts: { id: string; createdBy: string; now: Date }): Task {
  return {
    ...draft,
    id: facts.id,
    createdBy: facts.createdBy,
    createdAt: facts.now,
    updatedAt: facts.now,
    completedAt: draft.status === 'done' ? facts.now : null,
    version: 1,
  };
}

export function reviseTask(task: Task, changes: TaskChanges, now: Date): Task {
  const status = changes.status ?? task.status;
  return {
    ...task,
    title: changes.title ?? task.title,
    description: changes.description ?? task.description,
    status,
    priority: changes.priority ?? task.priority,
    dueAt: changes.dueAt === undefined ? task.dueAt : changes.dueAt,
    assigneeId: changes.assigneeId === undefined ? task.assigneeId : changes.assigneeId,
    updatedAt: now,
    completedAt: status === 'done' ? (task.completedAt ?? now) : null,
    version: task.version + 1,
  };
}
