import type { JobAnswer } from '@slipway/contracts/api/jobs';

/** What GitHub is to be told of a job. */
export interface Report {
  /** The commit that people see it at: of a pull request its head. */
  sha: string;
  /** `<workflow> / <job> (<event>)`, as GitHub names its own. */
  context: string;
  /** A check run has the job's name alone. */
  name: string;
  state: 'queued' | 'in_progress' | 'completed';
  conclusion: JobAnswer['conclusion'];
  description: string;
  url: string;
  startedAt: number | null;
  finishedAt: number | null;
}

/** What a report is about, besides the job. */
export interface ReportedRun {
  sha: string;
  workflowName: string;
  event: string;
  /** Page of the run. */
  url: string;
}

export function reportOf(run: ReportedRun, job: JobAnswer): Report {
  const state = job.status === 'waiting' ? 'queued' : job.status;
  return {
    sha: run.sha,
    context: `${run.workflowName} / ${job.name} (${run.event})`.slice(0, 255),
    name: `${run.workflowName} / ${job.name}`.slice(0, 255),
    state,
    conclusion: job.conclusion,
    description: describe(job).slice(0, 140),
    url: run.url,
    startedAt: job.startedAt,
    finishedAt: job.finishedAt,
  };
}

function describe({ status, conclusion, reason, waiting, startedAt, finishedAt }: JobAnswer): string {
  if (status !== 'completed') return waiting ?? (status === 'in_progress' ? 'Running' : 'Queued');
  if (reason !== null) return reason;
  const seconds = startedAt === null || finishedAt === null ? 0 : Math.round((finishedAt - startedAt) / 1000);
  const words = { success: 'Successful', failure: 'Failed', cancelled: 'Cancelled', skipped: 'Skipped' };
  return `${words[conclusion ?? 'failure']} in ${seconds}s`;
}

/**
 * A commit status as GitHub takes it. Null: there is none for this; a job that was skipped must not look like one that passed.
 * @see https://docs.github.com/en/rest/commits/statuses
 */
export function statusBody({ state, conclusion, context, description, url }: Report): object | null {
  if (conclusion === 'skipped') return null;
  const finished = { success: 'success', failure: 'failure', cancelled: 'error' } as const;
  const value = state === 'completed' && conclusion !== null ? finished[conclusion] : 'pending';
  return { state: value, context, description, target_url: url };
}

/** @see https://docs.github.com/en/rest/checks/runs */
export function checkRunBody(report: Report, externalId: string): object {
  const { sha, name, state, conclusion, description, url, startedAt, finishedAt } = report;
  return {
    name,
    head_sha: sha,
    external_id: externalId,
    details_url: url,
    status: state,
    ...(startedAt !== null && { started_at: new Date(startedAt).toISOString() }),
    ...(state === 'completed' && {
      conclusion: conclusion ?? 'failure',
      completed_at: new Date(finishedAt ?? startedAt ?? 0).toISOString(),
    }),
    output: { title: description, summary: description },
  };
}
