import { z } from '@hono/zod-openapi';
import { decodeCursor } from './page-cursor.ts';
import { type Task, taskPriorities, taskStatuses } from './task.ts';

/** The wire forms of tasks. They convert to and from the core type in `task.ts`; nothing past the routes sees them. */
export const taskBody = z
  .object({
    id: z.uuid(),
    title: z.string(),
    description: z.string(),
    status: z.enum(taskStatuses),
    priority: z.enum(taskPriorities),
    dueAt: z.iso.datetime().nullable(),
    assigneeId: z.uuid().nullable(),
    createdBy: z.uuid(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    completedAt: z.iso.datetime().nullable(),
    version: z.int().positive(),
  })
  .openapi('Task');

export const taskPageBody = z
  .object({ items: z.array(taskBody), nextCursor: z.string().nullable() })
  .openapi('TaskPage');

/** PostgreSQL cannot store U+0000, so it is refused at the door. */
const text = z.string().refine((value) => !value.includes('\0'), 'must not contain the NUL character');
const title = text.trim().min(1, 'must not be empty').max(200, 'must be at most 200 characters');
const description = text.max(10_000, 'must be at most 10000 characters');
const instant = z.iso
  .datetime({ offset: true, error: 'must be an ISO 8601 instant such as 2026-03-02T17:00:00Z' })
  .transform((value) => new Date(value))
  .openapi({ type: 'string', format: 'date-time' });

export const newTaskBody = z
  .strictObject({
    title,
    description: description.default(''),
    status: z.enum(taskStatuses).default('todo'),
    priority: z.enum(taskPriorities).default('normal'),
    dueAt: instant.nullable().default(null),
    assigneeId: z.uuid('must be the id of a user').nullable().default(null),
  })
  .openapi('NewTask');

export const taskChangesBody = z
  .strictObject({
    title: title.optional(),
    description: description.optional(),
    status: z.enum(taskStatuses).optional(),
    priority: z.enum(taskPriorities).optional(),
    dueAt: instant.nullable().optional(),
    assigneeId: z.uuid('must be the id of a user').nullable().optional(),
  })
  .refine((changes) => Object.keys(changes).length > 0, 'must change at least one field')
  .openapi('TaskChanges');

export const taskListQuery = z.strictObject({
  status: z.enum(taskStatuses).optional(),
  priority: z.enum(taskPriorities).optional(),
  assigneeId: z.uuid('must be the id of a user').optional(),
  dueBefore: instant.optional(),
  text: text.trim().min(1, 'must not be empty').max(200, 'must be at most 200 characters').optional(),
  limit: z.coerce.number('must be a number').int('must be whole').min(1).max(100).default(20),
  cursor: z
    .string()
    .transform((token, context) => {
      const position = decodeCursor(token);
      if (position) return position;
      context.addIssue({ code: 'custom', message: 'must be the nextCursor of an earlier page' });
      return z.NEVER;
    })
    .openapi({ type: 'string' })
    .optional(),
});

export function toTaskBody(task: Task): z.infer<typeof taskBody> {
  return {
    ...task,
    dueAt: task.dueAt?.toISOString() ?? null,
    createdAt: task.createdAt.toISOString(),
    updatedAt: task.updatedAt.toISOString(),
    completedAt: task.completedAt?.toISOString() ?? null,
  };
}

export function fromTaskBody(body: z.infer<typeof taskBody>): Task {
  return {
    ...body,
    dueAt: toDate(body.dueAt),
    createdAt: new Date(body.createdAt),
    updatedAt: new Date(body.updatedAt),
    completedAt: toDate(body.completedAt),
  };
}

function toDate(instant: string | null): Date | null {
  return instant === null ? null : new Date(instant);
}
