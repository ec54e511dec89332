/** Word to an assignee about a due date. */
export type Notification = {
  id: string;
  kind: NotificationKind;
  task: { id: string; title: string; dueAt: Date };
  recipient: { email: string; name: string };
};

export type NotificationKind = 'due-soon' | 'overdue';

/**
 * Where notifications are recorded, and with them what became of each: the queue may lose jobs or run them twice, this
 * record says what is still to be done.
 */
export type NotificationStore = {
  /**
   * Records what is due by `now`, or will be within `leadMs`, for each open task that has an assignee. Each task, kind and
   * due date is recorded once, however often and from however many processes this is called.
   */
  recordDue(window: { now: Date; leadMs: number }): Promise<void>;
  /** Ids of what is still to be sent, oldest first. */
  pending(limit: number): Promise<string[]>;
  lookUp(id: string): Promise<Lookup>;
  settle(id: string, outcome: Outcome, now: Date): Promise<void>;
  /** Makes everything that was given up pending again; how many that was. */
  revive(): Promise<number>;
  statistics(): Promise<NotificationStatistics>;
};

export type Lookup =
  | { kind: 'pending'; notification: Notification }
  /** The task was finished, given to nobody or moved to another date since this was recorded. */
  | { kind: 'obsolete' }
  /** Sent, given up, or gone with its task. */
  | { kind: 'settled' };

/** `dead` was tried as often as allowed; `reason` is that of the last attempt. */
export type Outcome = { kind: 'sent' } | { kind: 'obsolete' } | { kind: 'dead'; reason: string };

export type NotificationStatistics = { pending: number; dead: number; oldestPendingAt: Date | undefined };
