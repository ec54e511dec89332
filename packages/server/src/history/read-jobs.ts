import type { JobAnswer } from '@slipway/contracts/api/jobs';
import { SlipwayError } from '@slipway/contracts/errors';
import { type VisibleProjects, visibleIn } from '../access/project-access.ts';
import { whyWaiting } from '../controller/why-waiting.ts';
import type { Store } from '../store/open-store.ts';

interface Clock {
  store: Store;
  now: number;
}

/**
 * The jobs of an attempt, in the order in which they became known.
 * @param attempt default: the latest
 * @throws SlipwayError `unknown-run`
 */
export async function readJobs(clock: Clock, runId: number, attempt?: number): Promise<JobAnswer[]> {
  const { store } = clock;
  const run = await store
    .selectFrom('run')
    .select(['attempt', 'status'])
    .where('id', '=', runId)
    .executeTakeFirst();
  if (run === undefined) throw new SlipwayError('unknown-run');
  const wanted = attempt ?? run.attempt;
  const rows = await selectJobs(store)
    .where(({ and }) => and({ 'run_job.run_id': runId, 'run_job.attempt': wanted }))
    .orderBy('run_job.position')
    .execute();
  const isOver = run.status === 'completed' || wanted !== run.attempt;
  const waiting = isOver ? [] : await whyWaiting(clock, runId);
  const reasons = new Map(waiting.map(({ jobKey, reason }) => [jobKey, reason]));
  return rows.map((row) => {
    const job = jobOf(row);
    const reason = job.conclusion === null ? reasons.get(job.key) : undefined;
    return { ...job, waiting: reason ?? job.waiting };
  });
}

function selectJobs(store: Store) {
  return store
    .selectFrom('run_job')
    .leftJoin('job', 'job.id', 'run_job.queue_id')
    .select(['run_job.run_id', 'run_job.attempt', 'run_job.job_key', 'run_job.job_id', 'run_job.name'])
    .select(['run_job.needs', 'run_job.waiting', 'run_job.queue_id', 'run_job.conclusion'])
    .select(['run_job.reason', 'run_job.concluded_at'])
    .select(['job.state', 'job.runner', 'job.labels', 'job.queued_at', 'job.claimed_at', 'job.finished_at']);
}

type JobRow = Awaited<ReturnType<ReturnType<typeof selectJobs>['execute']>>[number];

function jobOf(row: JobRow): JobAnswer {
  const status = statusOf(row);
  return {
    id: row.queue_id,
    runId: row.run_id,
    attempt: row.attempt,
    key: row.job_key,
    jobId: row.job_id,
    name: row.name,
    needs: JSON.parse(row.needs) as string[],
    status,
    conclusion: row.conclusion as JobAnswer['conclusion'],
    reason: row.reason,
    waiting: status === 'waiting' || status === 'queued' ? row.waiting : null,
    runner: row.runner,
    labels: row.labels?.split(',') ?? [],
    queuedAt: row.queued_at,
    startedAt: row.claimed_at,
    finishedAt: row.concluded_at ?? row.finished_at,
  };
}

function statusOf({ conclusion, state }: JobRow): JobAnswer['status'] {
  if (conclusion !== null) return 'completed';
  switch (state) {
    case null:
      return 'waiting';
    case 'queued':
      return 'queued';
    default:
      // A finished one is concluded as soon as the run's driver has seen it.
      return 'in_progress';
  }
}

/** All jobs of these projects that wait, with why. */
export async function readQueue(clock: Clock, visible: VisibleProjects) {
  const { store } = clock;
  const runs = await store
    .selectFrom('run')
    .select(['id', 'project', 'attempt'])
    .where('status', '!=', 'completed')
    .where(visibleIn(visible, 'project'))
    .orderBy('id')
    .limit(500)
    .execute();
  const queue = [];
  for (const { id: runId, project: name, attempt } of runs) {
    const reasons = await whyWaiting(clock, runId);
    if (reasons.length === 0) continue;
    const queued = await store
      .selectFrom('job')
      .select(['id', 'job_key', 'labels', 'queued_at'])
      .where(({ and }) => and({ run_id: String(runId), attempt }))
      .execute();
    const byKey = new Map(queued.map((job) => [job.job_key, job]));
    for (const { jobKey: key, reason: waiting } of reasons) {
      const job = byKey.get(key);
      queue.push({
        id: job?.id ?? null,
        project: name,
        runId,
        key,
        labels: job?.labels.split(',') ?? [],
        queuedAt: job?.queued_at ?? null,
        waiting,
      });
    }
  }
  return queue;
}
