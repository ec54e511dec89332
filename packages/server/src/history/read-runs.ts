import type { RunAnswer, RunPage, runFilterSchema } from '@slipway/contracts/api/runs';
import { SlipwayError } from '@slipway/contracts/errors';
import type { SelectQueryBuilder } from 'kysely';
import type { z } from 'zod';
import { type VisibleProjects, visibleIn } from '../access/project-access.ts';
import type { Store } from '../store/open-store.ts';
import type { RunTable, Tables } from '../store/schema.ts';

export type RunFilter = z.infer<typeof runFilterSchema>;

/** Runs of these projects that the filter lets pass, the newest first, a page at a time. */
export async function listRuns(store: Store, filter: RunFilter, visible: VisibleProjects): Promise<RunPage> {
  const refs = await knownRefs(store, filter);
  if (refs?.length === 0) return { runs: [], next: null };
  const rows = await filtered(selectRuns(store), filter, refs)
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
    .selectAll('run')
    .select(({ selectFrom }) =>
      // For the runs of the page only: a join would be made with all that there are, where the planner knows no better.
      selectFrom('run_attempt')
        .select('run_attempt.reason')
        .whereRef('run_attempt.run_id', '=', 'run.id')
        .whereRef('run_attempt.attempt', '=', 'run.attempt')
        .as('reason'),
    );
}

type RunQuery = SelectQueryBuilder<Tables, 'run', RunRow>;
type RunRow = Omit<RunTable, 'id'> & { id: number; reason: string | null };

/**
 * Those that a name may mean and that there are; null: any. Of one alone the index gives the newest runs at once, which no store does of several.
 */
async function knownRefs(store: Store, { project, ref }: RunFilter): Promise<string[] | null> {
  if (ref === undefined) return null;
  const meant = [ref, `refs/heads/${ref}`, `refs/tags/${ref}`];
  if (project === undefined) return meant;
  const found = await Promise.all(
    meant.map((one) =>
      store
        .selectFrom('run')
        .select('ref')
        .where(({ and }) => and({ project, ref: one }))
        .limit(1)
        .executeTakeFirst(),
    ),
  );
  return found.flatMap((row) => (row === undefined ? [] : [row.ref]));
}

function filtered<Query>(query: Query, filter: RunFilter, refs: string[] | null): Query {
  let runs = query as unknown as RunQuery;
  for (const column of ['project', 'status', 'conclusion', 'event', 'sha', 'actor'] as const) {
    const wanted = filter[column];
    if (wanted !== undefined) runs = runs.where(`run.${column}`, '=', wanted);
  }
  const { workflow, cursor } = filter;
  const [only, another] = refs ?? [];
  if (only !== undefined && another === undefined) runs = runs.where('run.ref', '=', only);
  else if (refs !== null) runs = runs.where('run.ref', 'in', refs);
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
