import type { Workflow } from '@slipway/workflow';
import { nextFireTime } from '@slipway/workflow/next-fire-time';

/** A cron entry of a workflow file. */
export interface ScheduleEntry {
  workflowPath: string;
  cron: string;
  /** IANA zone. */
  timezone: string;
}

export interface KnownSchedule extends ScheduleEntry {
  id: number;
  nextAt: number;
}

/** What the table has to become so that it says what the workflow files say. */
export interface ScheduleChanges {
  added: (ScheduleEntry & { nextAt: number })[];
  /** Ids. */
  removed: number[];
}

/** Later than that, a schedule was missed. */
const missedAfterMs = 10 * 60_000;

/** Entries that stay keep when they fire next. One that never fires is left out. */
export function planScheduleChanges(
  workflows: readonly Workflow[],
  known: readonly KnownSchedule[],
  now: number,
): ScheduleChanges {
  const wanted = new Map(workflows.flatMap(entriesOf).map((entry) => [keyOf(entry), entry] as const));
  const removed = known.filter((entry) => !wanted.has(keyOf(entry))).map(({ id }) => id);
  const there = new Set(known.map(keyOf));
  const added = [...wanted.values()].flatMap((entry) => {
    const nextAt = there.has(keyOf(entry)) ? null : nextAfter(entry, now);
    return nextAt === null ? [] : [{ ...entry, nextAt }];
  });
  return { added, removed };
}

/** Whether a schedule that is due starts its workflow, and when it is due the next time; null: never again. */
export function planFiring(
  schedule: KnownSchedule,
  { missed, now }: { missed: 'run-once' | 'skip'; now: number },
): { fires: boolean; nextAt: number | null } {
  const fires = missed === 'run-once' || now - schedule.nextAt <= missedAfterMs;
  return { fires, nextAt: nextAfter(schedule, now) };
}

function entriesOf({ path: workflowPath, on }: Workflow): ScheduleEntry[] {
  return (on.schedule?.schedules ?? []).map(({ cron, timezone = 'UTC' }) => ({
    workflowPath,
    cron,
    timezone,
  }));
}

function nextAfter({ cron, timezone }: ScheduleEntry, after: number): number | null {
  return nextFireTime(cron, timezone, new Date(after))?.getTime() ?? null;
}

function keyOf({ workflowPath, cron, timezone }: ScheduleEntry): string {
  return [workflowPath, cron, timezone].join('\0');
}
