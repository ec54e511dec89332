import type { EventSources } from '../events/event-sources.ts';
import type { Project } from '../projects/find-project.ts';
import { repositoryDirectory } from '../repositories/bare-repository.ts';
import { readCommit } from '../repositories/read-commits.ts';
import { readCommitWorkflows } from '../repositories/read-workflows.ts';
import { type KnownSchedule, planScheduleChanges } from './plan-schedules.ts';

/** Makes the table of schedules say what the workflow files of the default branch say. Safe to call at any time. */
export async function syncSchedules(sources: EventSources, project: Project): Promise<void> {
  const { store, now, models, readRemote, repositories } = sources;
  const directory = repositoryDirectory(repositories, project.name);
  const head = await readCommit(directory, `refs/heads/${project.settings.defaultBranch}`);
  const reading = { directory, models, readRemote };
  const workflows = head === null ? [] : (await readCommitWorkflows({ ...reading, sha: head.sha })).workflows;
  const known = await readSchedules(sources, project.name);
  const { added, removed } = planScheduleChanges(workflows, known, now());
  if (removed.length > 0) await store.deleteFrom('schedule').where('id', 'in', removed).execute();
  for (const { workflowPath, cron, timezone, nextAt } of added) {
    await store
      .insertInto('schedule')
      .values({ project: project.name, workflow_path: workflowPath, cron, timezone, next_at: nextAt })
      .onConflict((conflict) =>
        conflict.columns(['project', 'workflow_path', 'cron', 'timezone']).doNothing(),
      )
      .execute();
  }
}

async function readSchedules({ store }: EventSources, project: string): Promise<KnownSchedule[]> {
  const rows = await store
    .selectFrom('schedule')
    .select(['id', 'workflow_path', 'cron', 'timezone', 'next_at'])
    .where('project', '=', project)
    .execute();
  return rows.map(({ id, workflow_path, cron, timezone, next_at }) => ({
    id,
    workflowPath: workflow_path,
    cron,
    timezone,
    nextAt: next_at,
  }));
}
