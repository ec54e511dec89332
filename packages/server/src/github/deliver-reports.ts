import type { EventSources } from '../events/event-sources.ts';
import { findProject } from '../projects/find-project.ts';
import { readCredentials } from '../secrets/project-credentials.ts';
import { callGithub, GithubError } from './github-client.ts';
import { checkRunBody, type Report, statusBody } from './report.ts';
import { retryAt } from './retry-at.ts';

/** Reports in the hands of one server are left alone by others for so long. */
const handlingMs = 60_000;
const mostAtOnce = 50;

/**
 * Tells GitHub what it does not know yet, the oldest first. What it refuses, or can't be reached for, is told again later, until it is taken:
 * a token that is wrong today may be mended tomorrow.
 */
export async function deliverReports(
  sources: EventSources,
  onTrouble: (error: unknown) => void,
): Promise<void> {
  const { store, now } = sources;
  const due = await store
    .selectFrom('report')
    .select(['id', 'next_at'])
    .where('next_at', '<=', now())
    .orderBy('next_at')
    .limit(mostAtOnce)
    .execute();
  for (const { id, next_at } of due) {
    const row = await store
      .updateTable('report')
      .set({ next_at: now() + handlingMs })
      .where(({ and }) => and({ id, next_at }))
      .returningAll()
      .executeTakeFirst();
    if (row !== undefined) await deliver(sources, row, onTrouble);
  }
}

interface ReportRow {
  id: number;
  project: string;
  run_id: number;
  subject: string;
  kind: 'status' | 'check-run';
  wanted: string;
  version: number;
  external_id: string | null;
  failures: number;
}

async function deliver(
  sources: EventSources,
  row: ReportRow,
  onTrouble: (error: unknown) => void,
): Promise<void> {
  const { store, now } = sources;
  const { id, version } = row;
  try {
    const externalId = await tell(sources, row);
    await store
      .updateTable('report')
      .set({ delivered: version, external_id: externalId, failures: 0, problem: null })
      .where('id', '=', id)
      .execute();
    // Unless something newer is wanted meanwhile.
    await store
      .updateTable('report')
      .set({ next_at: null })
      .where(({ and }) => and({ id, version }))
      .execute();
  } catch (error) {
    onTrouble(error);
    const failures = row.failures + 1;
    const asked = error instanceof GithubError ? error.retryAt : null;
    const next_at = Math.max(asked ?? 0, retryAt({ failures, now: now(), id }));
    await store
      .updateTable('report')
      .set({ failures, problem: error instanceof Error ? error.message : String(error), next_at })
      .where('id', '=', id)
      .execute();
  }
}

/** @returns GitHub's id of a check run */
async function tell({ store, secrets, now }: EventSources, row: ReportRow): Promise<string | null> {
  const project = await findProject(store, row.project);
  const { source } = project.settings;
  if (source.kind !== 'github') return null;
  const { githubToken: token } = await readCredentials(secrets, project.name);
  if (token === undefined) {
    throw new GithubError(`${project.name} has no token for GitHub: set githubToken`, { status: null });
  }
  const report = JSON.parse(row.wanted) as Report;
  const call = { apiUrl: source.apiUrl, token, now };
  const repository = `/repos/${project.name}`;
  if (row.kind === 'status') {
    const body = statusBody(report);
    const path = `${repository}/statuses/${report.sha}`;
    if (body !== null) await callGithub({ ...call, method: 'POST', path, body });
    return null;
  }
  const body = checkRunBody(report, `${row.run_id}:${row.subject}`);
  const known = row.external_id;
  const answer = await callGithub(
    known === null
      ? { ...call, method: 'POST', path: `${repository}/check-runs`, body }
      : { ...call, method: 'PATCH', path: `${repository}/check-runs/${known}`, body },
  );
  const id = (answer as { id?: unknown }).id;
  return known ?? (typeof id === 'number' || typeof id === 'string' ? String(id) : null);
}
