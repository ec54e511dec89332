import type { EventFacts } from '@slipway/workflow/triggers';
import type { EventSources } from '../events/event-sources.ts';
import { readJobs } from '../history/read-jobs.ts';
import { findProject } from '../projects/find-project.ts';
import { textAt } from './payload-values.ts';
import { type Report, type ReportedRun, reportOf } from './report.ts';

/**
 * Writes down what GitHub is to be told of the jobs of a run, as they are now; what it knows already is left alone. Safe to repeat.
 * @returns whether there is something to deliver
 */
export async function wantReports(sources: EventSources, runId: number): Promise<boolean> {
  const { store, now, publicUrl } = sources;
  const row = await store
    .selectFrom('run')
    .innerJoin('event', 'event.id', 'run.event_id')
    .select(['run.project', 'run.workflow_name', 'run.event', 'run.sha', 'event.facts'])
    .where('run.id', '=', runId)
    .executeTakeFirst();
  if (row === undefined) return false;
  const { settings } = await findProject(store, row.project);
  if (settings.source.kind !== 'github' || settings.source.reports.length === 0) return false;
  const { payload } = JSON.parse(row.facts) as EventFacts;
  const run: ReportedRun = {
    sha: textAt(payload, 'pull_request', 'head', 'sha') ?? row.sha,
    workflowName: row.workflow_name,
    event: row.event,
    url: `${publicUrl}/${row.project}/runs/${runId}`,
  };
  let isWanted = false;
  for (const job of await readJobs({ store, now: now() }, runId)) {
    const report = reportOf(run, job);
    for (const kind of settings.source.reports) {
      const subject = { project: row.project, runId, subject: job.key, kind };
      if (await wantReport(sources, subject, report)) isWanted = true;
    }
  }
  return isWanted;
}

interface Subject {
  project: string;
  /** Or `reportsOfEvent`. */
  runId: number;
  subject: string;
  kind: 'status' | 'check-run';
}

/** @returns whether it is not what was wanted already */
export async function wantReport(
  { store, now }: EventSources,
  { project, runId, subject, kind }: Subject,
  report: Report,
): Promise<boolean> {
  const wanted = JSON.stringify(report);
  const changed = await store
    .insertInto('report')
    .values({
      project,
      run_id: runId,
      subject,
      kind,
      wanted,
      version: 1,
      delivered: 0,
      failures: 0,
      next_at: now(),
    })
    .onConflict((conflict) =>
      conflict
        .columns(['run_id', 'subject', 'kind'])
        .doUpdateSet(({ eb, ref }) => ({
          wanted,
          version: eb(ref('report.version'), '+', 1),
          next_at: now(),
        }))
        .where('report.wanted', '!=', wanted),
    )
    .returning('id')
    .executeTakeFirst();
  return changed !== undefined;
}
