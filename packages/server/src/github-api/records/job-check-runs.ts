import type { CheckRun } from '../../checks/check-runs.ts';
import type { RepositoryCall } from '../github-context.ts';
import { linksOf } from '../shapes/links.ts';
import { jobNumber } from './job-numbers.ts';

/** The jobs of the runs of a commit as check runs, which they are on GitHub: of each run its latest attempt, the newest run first. */
export async function jobCheckRuns(call: RepositoryCall, sha: string): Promise<CheckRun[]> {
  const { context, project } = call;
  const { html } = linksOf(call);
  // A pull request runs on its merge; what its jobs say is said of its head.
  const merges = context.store
    .selectFrom('pull_request_merge')
    .select('merge_sha')
    .where('project', '=', project.name)
    .where('head_sha', '=', sha);
  const rows = await context.store
    .selectFrom('run')
    .innerJoin('run_job', (join) =>
      join.onRef('run_job.run_id', '=', 'run.id').onRef('run_job.attempt', '=', 'run.attempt'),
    )
    .leftJoin('job', 'job.id', 'run_job.queue_id')
    .select(['run.id', 'run.created_at', 'run_job.attempt', 'run_job.position', 'run_job.name'])
    .select(['run_job.conclusion', 'run_job.concluded_at', 'run_job.reason', 'job.state', 'job.claimed_at'])
    .where('run.project', '=', project.name)
    .where(({ or, eb }) => or([eb('run.sha', '=', sha), eb('run.sha', 'in', merges)]))
    .orderBy('run.id', 'desc')
    .orderBy('run_job.position')
    .execute();
  return rows.map((row) => ({
    id: jobNumber({ runId: row.id, attempt: row.attempt, position: row.position }),
    project: project.name,
    suite_id: row.id,
    sha,
    name: row.name,
    external_id: null,
    details_url: `${html}/actions/runs/${row.id}`,
    status: row.conclusion !== null ? 'completed' : row.state === 'claimed' ? 'in_progress' : 'queued',
    conclusion: row.conclusion as CheckRun['conclusion'],
    started_at: row.claimed_at ?? row.created_at,
    completed_at: row.concluded_at,
    title: row.reason,
    summary: null,
    text: null,
    creator: 'github-actions[bot]',
    created_at: row.created_at,
    app: 'github-actions',
  }));
}
