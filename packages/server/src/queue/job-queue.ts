import type { JobFinished } from '@slipway/contracts';
import { SlipwayError } from '@slipway/contracts/errors';
import type { JobRequest } from '@slipway/workflow';
import { type ExpressionBuilder, type Kysely, PostgresAdapter, sql } from 'kysely';
import type { Store } from '../store/open-store.ts';
import type { Tables } from '../store/schema.ts';
import type { JobTable } from '../store/tables/job.ts';
import { labelsText, laneOf, lanesFor } from './lanes.ts';

/** A job that waits for a runner or has one. */
export interface EnqueuedJob {
  project: string;
  attempt: number;
  request: JobRequest;
  priority: number;
}

/** What a runner gets: the job, and the fence that it shows with every word about it. */
export interface Claim {
  jobId: number;
  fence: number;
  project: string;
  attempt: number;
  request: JobRequest;
  leaseEndsAt: number;
}

/** The job went to someone else, or was ended: what this runner says of it counts no more. */
export class FencedError extends SlipwayError {
  override readonly name = 'FencedError';
  constructor(jobId: number) {
    super('fenced', { message: `job ${jobId} is not this runner's any more` });
  }
}

interface Clock {
  store: Store;
  now: number;
}

/**
 * Puts a job into the queue, once: the same run, attempt and key again changes nothing, so that a controller that crashed may repeat it.
 * @returns the job's id
 */
export async function enqueueJob({ store, now }: Clock, job: EnqueuedJob): Promise<number> {
  const { request, attempt } = job;
  const labels = labelsText(request.labels);
  const inserted = await store
    .insertInto('job')
    .values({
      run_id: request.runId,
      attempt,
      job_key: request.jobKey,
      project: job.project,
      labels,
      lane: laneOf(job.project, labels),
      priority: job.priority,
      request: JSON.stringify(request),
      state: 'queued',
      fence: 0,
      queued_at: now,
    })
    .onConflict((conflict) => conflict.columns(['run_id', 'attempt', 'job_key']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted !== undefined) return inserted.id;
  const { id } = await store
    .selectFrom('job')
    .select('id')
    .where('run_id', '=', request.runId)
    .where('attempt', '=', attempt)
    .where('job_key', '=', request.jobKey)
    .executeTakeFirstOrThrow();
  return id;
}

/**
 * Gives a runner the next job whose labels it has: highest priority first, then the project that has the fewest jobs running, then the
 * oldest. The row is taken in one statement, so that of any number of runners at any number of servers one gets it.
 * @returns null if there is none
 */
export async function claimJob(
  { store, now }: Clock,
  { runner, labels, leaseMs }: { runner: string; labels: readonly string[]; leaseMs: number },
): Promise<Claim | null> {
  for (const lane of await lanesFor(store, labels)) {
    const next = store
      .selectFrom('job')
      .select('id')
      .where('state', '=', 'queued')
      .where('lane', '=', lane)
      .orderBy('priority', 'desc')
      .orderBy('queued_at')
      .orderBy('id')
      .limit(1);
    const row = await store
      .updateTable('job')
      .set({
        state: 'claimed',
        runner,
        fence: sql<number>`fence + 1`,
        claimed_at: now,
        confirmed_at: null,
        lease_ends_at: now + leaseMs,
      })
      .where('id', '=', isPostgres(store) ? next.forUpdate().skipLocked() : next)
      .where('state', '=', 'queued')
      .returningAll()
      .executeTakeFirst();
    if (row !== undefined) return claimOf(row);
  }
  return null;
}

/** Puts a job back that its runner has not heard of yet; one that it has confirmed stays with it. */
export async function returnJob(
  { store }: Pick<Clock, 'store'>,
  { jobId, fence }: Pick<Claim, 'jobId' | 'fence'>,
): Promise<void> {
  await store
    .updateTable('job')
    .set({ state: 'queued', runner: null, claimed_at: null, lease_ends_at: null })
    .where(held(jobId, fence))
    .where('confirmed_at', 'is', null)
    .where('stop', 'is', null)
    .execute();
}

/**
 * The runner still works on it. The first time it says so before it begins: until then the job may safely go to another runner.
 * @returns what it is to do: go on (null), cancel or kill
 * @throws FencedError
 */
export async function renewLease(
  { store, now }: Clock,
  { jobId, fence, leaseMs }: { jobId: number; fence: number; leaseMs: number },
): Promise<{ stop: JobTable['stop']; reason: string | null; leaseEndsAt: number }> {
  const row = await store
    .updateTable('job')
    .where(held(jobId, fence))
    .set({ lease_ends_at: now + leaseMs, confirmed_at: sql<number>`coalesce(confirmed_at, ${now})` })
    .returning(['stop', 'stop_reason'])
    .executeTakeFirst();
  if (row === undefined) throw new FencedError(jobId);
  return { stop: row.stop, reason: row.stop_reason, leaseEndsAt: now + leaseMs };
}

interface Ending {
  jobId: number;
  fence: number;
  result: JobFinished;
  /** Of the job's stream; default 0. */
  logBytes?: number;
}

/**
 * Takes the job's result. Saying the same again is accepted, so that a runner that got no answer may repeat it.
 * @throws FencedError
 */
export async function finishJob(
  { store, now }: Clock,
  { jobId, fence, result, logBytes = 0 }: Ending,
): Promise<{ project: string }> {
  const text = JSON.stringify(result);
  const row = await store
    .updateTable('job')
    .where(held(jobId, fence))
    .set({ state: 'finished', result: text, finished_at: now, lease_ends_at: null, log_bytes: logBytes })
    .returning('project')
    .executeTakeFirst();
  if (row !== undefined) return row;
  const same = await store
    .selectFrom('job')
    .select('project')
    .where('id', '=', jobId)
    .where('fence', '=', fence)
    .where('result', '=', text)
    .executeTakeFirst();
  if (same === undefined) throw new FencedError(jobId);
  return same;
}

/** Asks for the end of a job. One that nobody has claimed is finished at once. */
export async function stopJob(
  { store, now }: Clock,
  { jobId, how, reason = null }: { jobId: number; how: 'cancel' | 'kill'; reason?: string | null },
): Promise<void> {
  const cancelled: JobFinished = {
    kind: 'job.finished',
    at: now,
    conclusion: 'cancelled',
    outputs: {},
    ...(reason !== null && { reason }),
  };
  await store
    .updateTable('job')
    .set({
      state: 'finished',
      result: JSON.stringify(cancelled),
      finished_at: now,
      stop: how,
      stop_reason: reason,
    })
    .where('id', '=', jobId)
    .where('state', '=', 'queued')
    .execute();
  await store
    .updateTable('job')
    .set({ stop: how, ...(reason !== null && { stop_reason: reason }) })
    .where('id', '=', jobId)
    .where('state', '=', 'claimed')
    .where((where) => where.or([where('stop', 'is', null), where('stop', '!=', 'kill')]))
    .execute();
}

/** Results of those of the jobs that have one. */
export async function finishedJobs(
  store: Store,
  jobIds: readonly number[],
): Promise<Map<number, JobFinished>> {
  if (jobIds.length === 0) return new Map();
  const rows = await store
    .selectFrom('job')
    .select(['id', 'result'])
    .where('id', 'in', jobIds)
    .where('state', '=', 'finished')
    .execute();
  return new Map(
    rows.flatMap(({ id, result }) => (result === null ? [] : [[id, JSON.parse(result) as JobFinished]])),
  );
}

/** No job may run for longer; tokens of jobs live no longer, though it is asked whether the job runs. */
export const longestJobMs = 35 * 24 * 60 * 60_000;

/** Whether a job runs by this claim. */
export async function isHeld(
  store: Store,
  { jobId, fence }: { jobId: number; fence: number },
): Promise<boolean> {
  const row = await store.selectFrom('job').select('id').where(held(jobId, fence)).executeTakeFirst();
  return row !== undefined;
}

/** Claimed, by the claim that has this fence. */
export function held(jobId: number, fence: number) {
  return ({ and }: ExpressionBuilder<Tables, 'job'>) => and({ id: jobId, fence, state: 'claimed' });
}

function claimOf(row: {
  id: number;
  fence: number;
  project: string;
  attempt: number;
  request: string;
  lease_ends_at: number | null;
}): Claim {
  return {
    jobId: row.id,
    fence: row.fence,
    project: row.project,
    attempt: row.attempt,
    request: JSON.parse(row.request),
    leaseEndsAt: row.lease_ends_at ?? 0,
  };
}

function isPostgres(store: Kysely<Tables>): boolean {
  return store.getExecutor().adapter instanceof PostgresAdapter;
}
