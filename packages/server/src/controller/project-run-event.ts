import type { RunEvent } from '@slipway/contracts';
import type { RunPlan } from '@slipway/workflow/plan';
import { sql } from 'kysely';
import { tellDeployment } from '../environments/job-deployments.ts';
import type { Store } from '../store/open-store.ts';
import type { RunStatus } from '../store/schema.ts';
import { storableText } from './storable-text.ts';

const dayMs = 24 * 60 * 60_000;

/** Keeps an event of a run for those who follow it, and what lists and pages show of the run by it. */
export async function projectRunEvent(store: Store, run: RunPlan, event: RunEvent): Promise<void> {
  const attempt = { run_id: Number(run.runId), attempt: run.runAttempt };
  await store
    .insertInto('run_event')
    .values({ ...attempt, event: JSON.stringify(event) })
    .execute();
  await tellDeployment(store, run, event);
  switch (event.kind) {
    case 'run.queued':
    case 'job.progress':
      break;
    case 'run.started':
      await setStatus(store, attempt, { status: 'in_progress', started_at: event.at });
      break;
    case 'run.finished': {
      const { conclusion, at } = event;
      await setStatus(store, attempt, { status: 'completed', conclusion, finished_at: at });
      await expireLater(store, attempt.run_id, at);
      break;
    }
    case 'job.planned':
      await insertJob(store, attempt, event);
      break;
    case 'job.waiting':
      await updateJob(store, attempt, event.jobKey, { waiting: storableText(event.reason) });
      break;
    case 'job.concluded':
      if (attempt.attempt > 1 && event.conclusion !== 'skipped') await keepLog(store, attempt, event.jobKey);
      await updateJob(store, attempt, event.jobKey, {
        waiting: null,
        conclusion: event.conclusion,
        reason: event.reason === undefined ? null : storableText(event.reason),
        concluded_at: event.at,
      });
      break;
    default:
      event satisfies never;
  }
}

interface AttemptKey {
  run_id: number;
  attempt: number;
}

interface StatusChange {
  status: RunStatus;
  started_at?: number;
  finished_at?: number;
  conclusion?: string;
}

/** Of the attempt, and of the run unless a newer attempt has begun. */
async function setStatus(store: Store, attempt: AttemptKey, change: StatusChange): Promise<void> {
  await store
    .updateTable('run_attempt')
    .set(change)
    .where(({ and }) => and({ ...attempt }))
    .execute();
  await store
    .updateTable('run')
    .set(change)
    .where('id', '=', attempt.run_id)
    .where('attempt', '=', attempt.attempt)
    .execute();
}

async function expireLater(store: Store, runId: number, finishedAt: number): Promise<void> {
  await store
    .updateTable('run')
    .set(({ selectFrom }) => ({
      expires_at: selectFrom('project')
        .select(
          sql<number>`cast(${finishedAt} as bigint) + retention_days * cast(${dayMs} as bigint)`.as('at'),
        )
        .whereRef('project.name', '=', 'run.project'),
    }))
    .where('id', '=', runId)
    .execute();
}

async function insertJob(
  store: Store,
  attempt: AttemptKey,
  { jobKey, id, name, needs }: Extract<RunEvent, { kind: 'job.planned' }>,
): Promise<void> {
  const position = store
    .selectFrom('run_job')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where(({ and }) => and({ ...attempt }));
  await store
    .insertInto('run_job')
    .values({
      ...attempt,
      job_key: jobKey,
      position,
      job_id: id,
      name: storableText(name),
      needs: JSON.stringify(needs),
    })
    .onConflict((conflict) => conflict.columns(['run_id', 'attempt', 'job_key']).doNothing())
    .execute();
}

/** A job that did not run again shows the log of the attempt in which it ran. */
async function keepLog(store: Store, { run_id, attempt }: AttemptKey, jobKey: string): Promise<void> {
  const before = store
    .selectFrom('run_job as before')
    .select('before.queue_id')
    .where(({ and }) => and({ run_id, attempt: attempt - 1, job_key: jobKey }));
  await store
    .updateTable('run_job')
    .set({ queue_id: before })
    .where(({ and }) => and({ run_id, attempt, job_key: jobKey }))
    .where('queue_id', 'is', null)
    .execute();
}

async function updateJob(
  store: Store,
  attempt: AttemptKey,
  jobKey: string,
  change: Partial<Record<'waiting' | 'conclusion' | 'reason', string | null>> & { concluded_at?: number },
): Promise<void> {
  await store
    .updateTable('run_job')
    .set(change)
    .where(({ and }) => and({ ...attempt, job_key: jobKey }))
    .execute();
}
