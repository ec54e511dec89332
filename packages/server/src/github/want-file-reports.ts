import type { Diagnostic } from '@slipway/workflow';
import type { EventFacts } from '@slipway/workflow/triggers';
import type { EventSources } from '../events/event-sources.ts';
import { findProject } from '../projects/find-project.ts';
import { textAt } from './payload-values.ts';
import type { Report } from './report.ts';
import { wantReport } from './want-reports.ts';

/** Reports of an event that belong to no run stand under this number in place of a run's. */
export function reportsOfEvent(eventId: number): number {
  return -eventId;
}

/**
 * Writes down that GitHub is to be told of the workflow files that an event found broken: as failed, so that nobody takes a missing run for a good
 * one. Safe to repeat.
 */
export async function wantFileReports(sources: EventSources, eventId: number): Promise<void> {
  const { store, publicUrl } = sources;
  const row = await store
    .selectFrom('event')
    .select(['project', 'name', 'facts', 'diagnostics', 'received_at'])
    .where('id', '=', eventId)
    .executeTakeFirst();
  if (row === undefined || row.diagnostics === null) return;
  const { settings } = await findProject(store, row.project);
  if (settings.source.kind !== 'github') return;
  const { payload, sha } = JSON.parse(row.facts) as EventFacts;
  for (const mistake of firstMistakes(JSON.parse(row.diagnostics))) {
    const report: Report = {
      sha: textAt(payload, 'pull_request', 'head', 'sha') ?? sha,
      context: `${mistake.file} (${row.name})`.slice(0, 255),
      name: mistake.file.slice(0, 255),
      state: 'completed',
      conclusion: 'failure',
      description: `Line ${mistake.line}: ${mistake.message}`.slice(0, 140),
      url: `${publicUrl}/${row.project}/events/${eventId}`,
      startedAt: row.received_at,
      finishedAt: row.received_at,
    };
    for (const kind of settings.source.reports) {
      const subject = { project: row.project, runId: reportsOfEvent(eventId), subject: mistake.file, kind };
      await wantReport(sources, subject, report);
    }
  }
}

/** The first error of each file. */
function firstMistakes(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const byFile = new Map<string, Diagnostic>();
  for (const one of diagnostics) {
    if (one.severity === 'error' && !byFile.has(one.file)) byFile.set(one.file, one);
  }
  return [...byFile.values()];
}
