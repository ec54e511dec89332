import type { RunEvent } from '@slipway/contracts';
import type { RunPlan } from '@slipway/workflow/plan';
import type { RunState } from '@slipway/workflow/run';
import { type EnqueuedJob, enqueueJob, stopJob } from '../queue/job-queue.ts';
import type { Store } from '../store/open-store.ts';
import { projectRunEvent } from './project-run-event.ts';
import { stateText } from './state-text.ts';

/** Where a job is in the queue; its id is known as soon as it is there for good. */
export interface QueuePlace {
  jobId: number | undefined;
}

/** That a job is to end, and why. */
export interface Stop {
  place: QueuePlace;
  how: 'cancel' | 'kill';
  reason: string | null;
}

/** What a driver wants written, in the order in which it came about; of states only the last counts. */
export interface JournalBatch {
  enqueue: { job: EnqueuedJob; place: QueuePlace }[];
  stop: Stop[];
  states: Map<RunPlan, RunState>;
  events: { run: RunPlan; event: RunEvent }[];
  superseded: { run: RunPlan; reason: string; by: string | undefined }[];
  /** Plans with nothing left to drive. */
  done: number[];
}

export function emptyBatch(): JournalBatch {
  return { enqueue: [], stop: [], states: new Map(), events: [], superseded: [], done: [] };
}

export function isEmpty({ enqueue, stop, states, events, superseded, done }: JournalBatch): boolean {
  return enqueue.length + stop.length + states.size + events.length + superseded.length + done.length === 0;
}

interface Clock {
  store: Store;
  now: number;
}

/**
 * Writes a batch; the same again, after a transaction that failed, comes to the same.
 * @returns the ids of the jobs that it enqueued, good when the transaction is
 */
export async function writeBatch(clock: Clock, batch: JournalBatch): Promise<Map<QueuePlace, number>> {
  const { store } = clock;
  const queued = new Map<QueuePlace, number>();
  for (const { run, event } of batch.events) await projectRunEvent(store, run, event);
  for (const { job, place } of batch.enqueue) {
    const jobId = await enqueueJob(clock, job);
    await linkJob(store, job, jobId);
    queued.set(place, jobId);
  }
  for (const { place, how, reason } of batch.stop) {
    const jobId = queued.get(place) ?? place.jobId;
    if (jobId !== undefined) await stopJob(clock, { jobId, how, reason });
  }
  for (const [run, state] of batch.states) {
    await updateAttempt(store, run, { state: stateText(state) });
  }
  for (const { run, reason, by } of batch.superseded) {
    await updateAttempt(store, run, { reason, superseded_by: by === undefined ? null : Number(by) });
  }
  if (batch.done.length > 0) {
    await store.updateTable('event_plan').set({ state: 'done' }).where('id', 'in', batch.done).execute();
  }
  return queued;
}

/** From here on `job` says how far it is. */
async function linkJob(store: Store, { request, attempt }: EnqueuedJob, jobId: number): Promise<void> {
  await store
    .updateTable('run_job')
    .set({ queue_id: jobId, waiting: null })
    .where('run_id', '=', Number(request.runId))
    .where('attempt', '=', attempt)
    .where('job_key', '=', request.jobKey)
    .execute();
}

async function updateAttempt(
  store: Store,
  { runId, runAttempt }: RunPlan,
  change: { state?: string; reason?: string; superseded_by?: number | null },
): Promise<void> {
  await store
    .updateTable('run_attempt')
    .set(change)
    .where('run_id', '=', Number(runId))
    .where('attempt', '=', runAttempt)
    .execute();
}
