import type { Generated } from 'kysely';
import type { NotificationKind, Outcome } from '../notifications/notification.ts';
import type { TaskPriority, TaskStatus } from '../tasks/task.ts';

/** The tables as the migrations leave them. */
export type Schema = {
  users: UsersTable;
  sessions: SessionsTable;
  tasks: TasksTable;
  notifications: NotificationsTable;
  /** Kysely's own record of what has been applied. */
  kysely_migration: { name: string; timestamp: string };
};

type UsersTable = {
  id: string;
  /** Lower case, unique. */
  email: string;
  name: string;
  password_hash: string;
  created_at: Generated<Date>;
};

type SessionsTable = {
  /** SHA-256 of the token, hexadecimal. */
  token_hash: string;
  user_id: string;
  expires_at: Date;
  created_at: Date;
};

export type TasksTable = {
  id: string;
  title: string;
  description: string;
  status: TaskStatus;
  priority: TaskPriority;
  due_at: Date | null;
  assignee_id: string | null;
  created_by: string;
  created_at: Date;
  updated_at: Date;
  completed_at: Date | null;
  version: number;
};

type NotificationsTable = {
  id: string;
  task_id: string;
  kind: NotificationKind;
  /** The due date that the notification is about; the task may have moved since. */
  due_at: Date;
  state: 'pending' | Outcome['kind'];
  /** Why it was given up. */
  reason: string | null;
  created_at: Date;
  settled_at: Date | null;
};
