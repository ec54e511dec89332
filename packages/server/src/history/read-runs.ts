import type { RunAnswer, RunPage, runFilterSchema } from '@slipway/contracts/api';
import { SlipwayError } from '@slipway/contracts/errors';
import type { SelectQueryBuilder } from 'kysely';
import type { z } from 'zod';
import { type VisibleProjects, visibleIn } from '../access/project-access.ts';
import type { Store } from '../store/open-store.ts';
import type { RunTable, Tables } from '../store/schema.ts';

export type RunFilter = z.infer<typeof runFilterSchema>;

/** Runs of these projects that the filter lets pass, the newest first, a page at a time. */
export async function listRuns(store: Store, filter: RunFilter, visible: VisibleProjects): Promise<RunPage> {
  const rows = await filtered(selectRuns(store), filter)
    .where(visibleIn(visible, 'run.project'))
    .orderBy('run.id', 'desc')
    .limit(filter.limit + 1)
    .execute();
  const page = rows.slice(0, filter.limit);
  return { runs: page.map(runOf), next: rows.length > filter.limit ? (page.at(-1)?.id ?? null) : null };
}

/** @throws SlipwayError `unknown-run` */
export async function readRun(store: Store, runId: number): Promise<RunAnswer> {
  const row = await selectRuns(store).where('run.id', '=', runId).executeTakeFirst();
  if (row === undefined) throw new SlipwayError('unknown-run');
  return runOf(row);
}

/** Every attempt of a run, the first first. */
export async function readAttempts(store: Store, runId: number) {
  const rows = await store
    .selectFrom('run_attempt')
    .select(['attempt', 'actor', 'status', 'conclusion', 'reason', 'created_at', 'started_at', 'finished_at'])
    .where('run_id', '=', runId)
    .orderBy('attempt')
    .execute();
  if (rows.length === 0) throw new SlipwayError('unknown-run');
  return rows.map(({ attempt, actor, status, conclusion, reason, ...times }) => ({
    attempt,
    actor,
    status,
    conclusion: conclusion as RunAnswer['conclusion'],
    reason,
    createdAt: times.created_at,
    startedAt: times.started_at,
    finishedAt: times.finished_at,
  }));
}

function selectRuns(store: Store) {
  return store
    .selectFrom('run')
    .leftJoin('run_attempt', (join) =>
      join.onRef('run_attempt.run_id', '=', 'run.id').onRef('run_attempt.attempt', '=', 'run.attempt'),
    )
    .selectAll('run')
    .select('run_attempt.reason');
}

type RunQuery = SelectQueryBuilder<Tables, 'run', RunRow>;
type RunRow = Omit<RunTable, 'id'> & { id: number; reason: string | null };

function filtered<Query>(query: Query, filter: RunFilter): Query {
  let runs = query as unknown as RunQuery;
  for (const column of ['project', 'status', 'conclusion', 'event', 'sha', 'actor'] as const) {
    const wanted = filter[column];
    if (wanted !== undefined) runs = runs.where(`run.${column}`, '=', wanted);
  }
  const { ref, workflow, cursor } = filter;
  if (ref !== undefined) runs = runs.where('run.ref', 'in', [ref, `refs/heads/${ref}`, `refs/tags/${ref}`]);
  if (workflow !== undefined) {
    runs = runs.where('run.workflow_path', 'in', [workflow, `.github/workflows/${workflow}`]);
  }
  if (cursor !== undefined) runs = runs.where('run.id', '<', cursor);
  return runs as unknown as Query;
}

function runOf(row: RunRow): RunAnswer {
  return {
    id: row.id,
    project: row.project,
    workflowPath: row.workflow_path,
    workflowName: row.workflow_name,
    name: row.name,
    number: row.number,
    attempt: row.attempt,
    event: row.event,
    ref: row.ref,
    sha: row.sha,
    actor: row.actor,
    status: row.status,
    conclusion: row.conclusion as RunAnswer['conclusion'],
    reason: row.reason,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    expiresAt: row.expires_at,
  };
}
