import { SlipwayError } from '@slipway/contracts/errors';
import type { EventSources } from '../events/event-sources.ts';
import { takeProjectEvent } from '../events/take-event.ts';
import { findProject } from '../projects/find-project.ts';
import { type KnownSchedule, planFiring } from './plan-schedules.ts';

const mostAtOnce = 100;

/**
 * Takes in the events of schedules that are due. Any server may do it, several at once: each firing is one delivery, whoever tells of it.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#schedule
 */
export async function fireSchedules(
  sources: EventSources,
  onTrouble: (error: unknown) => void,
): Promise<void> {
  const { store, now } = sources;
  const due = await store
    .selectFrom('schedule')
    .select(['id', 'project', 'workflow_path', 'cron', 'timezone', 'next_at'])
    .where('next_at', '<=', now())
    .orderBy('next_at')
    .limit(mostAtOnce)
    .execute();
  for (const { project, workflow_path: workflowPath, next_at: nextAt, ...rest } of due) {
    await fire(sources, project, { ...rest, workflowPath, nextAt }).catch(onTrouble);
  }
}

async function fire(sources: EventSources, name: string, schedule: KnownSchedule): Promise<void> {
  const { id, workflowPath, cron, timezone, nextAt: dueAt } = schedule;
  const project = await findProject(sources.store, name);
  const { fires, nextAt } = planFiring(schedule, {
    missed: project.settings.schedules.missed,
    now: sources.now(),
  });
  if (fires) {
    await takeProjectEvent(sources, project, {
      deliveryId: `schedule:${workflowPath}:${cron}:${timezone}:${dueAt}`,
      name: 'schedule',
      payload: { schedule: cron },
      actor: name.split('/', 1)[0] ?? '',
      only: workflowPath,
    }).catch(ignoreMissingBranch);
  }
  const { store } = sources;
  if (nextAt === null) {
    await store.deleteFrom('schedule').where('id', '=', id).execute();
    return;
  }
  await store
    .updateTable('schedule')
    .set({ next_at: nextAt, ...(fires && { last_at: dueAt }) })
    .where(({ and }) => and({ id, next_at: dueAt }))
    .execute();
}

/** The branch was deleted, and the schedules will be when that is told of. */
function ignoreMissingBranch(error: unknown): void {
  if (!(error instanceof SlipwayError) || error.code !== 'unknown-ref') throw error;
}
