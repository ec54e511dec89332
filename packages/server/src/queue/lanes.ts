import { sql } from 'kysely';
import type { Store } from '../store/open-store.ts';

interface Lane {
  lane: string;
  /** Of the job that is first in it. */
  priority: number;
  queued_at: number;
}

/** Lower case, sorted, joined by commas. */
export function labelsText(labels: readonly string[]): string {
  return [...new Set(labels.map((label) => label.toLowerCase()))].toSorted().join(',');
}

/** A project's name has no blanks. */
export function laneOf(project: string, labels: string): string {
  return `${project} ${labels}`;
}

/** Lanes with jobs that a runner with these labels may take, the one that is next first. */
export async function lanesFor(store: Store, labels: readonly string[]): Promise<string[]> {
  const own = new Set(labels.map((label) => label.toLowerCase()));
  const open = (await openLanes(store)).filter(({ lane }) =>
    lane
      .slice(lane.indexOf(' ') + 1)
      .split(',')
      .every((label) => own.has(label)),
  );
  if (open.length <= 1) return open.map(({ lane }) => lane);
  const busy = await busyJobs(store);
  const busyOf = ({ lane }: Lane): number => busy.get(lane.slice(0, lane.indexOf(' '))) ?? 0;
  return open
    .toSorted((a, b) => b.priority - a.priority || busyOf(a) - busyOf(b) || a.queued_at - b.queued_at)
    .map(({ lane }) => lane);
}

/**
 * Goes from lane to lane by the index `job_by_lane`, and looks at the first job of each: the cost follows the number of lanes, not of the jobs
 * that wait.
 */
async function openLanes(store: Store): Promise<Lane[]> {
  const { rows } = await sql<Lane>`
    with recursive open(lane) as (
      select (select min(lane) from job where state = 'queued')
      union all
      select (select min(lane) from job where state = 'queued' and lane > open.lane) from open where open.lane is not null
    )
    select lane,
      (select priority from job where state = 'queued' and lane = open.lane
        order by priority desc, queued_at, id limit 1) as priority,
      (select queued_at from job where state = 'queued' and lane = open.lane
        order by priority desc, queued_at, id limit 1) as queued_at
    from open where lane is not null`.execute(store);
  // A lane may have been emptied meanwhile.
  return rows.filter(({ priority }) => priority !== null);
}

async function busyJobs(store: Store): Promise<Map<string, number>> {
  const rows = await store
    .selectFrom('job')
    .select(({ fn }) => ['project', fn.countAll<number>().as('count')] as const)
    .where('state', '=', 'claimed')
    .groupBy('project')
    .execute();
  return new Map(rows.map(({ project, count }) => [project, Number(count)]));
}
