import { setTimeout as delay } from 'node:timers/promises';
import type { RunEvent } from '@slipway/contracts';
import type { RunPlan } from '@slipway/workflow/plan';
import type { RunState } from '@slipway/workflow/run';
import type { EnqueuedJob } from '../queue/job-queue.ts';
import type { Store } from '../store/open-store.ts';
import {
  emptyBatch,
  isEmpty,
  type JournalBatch,
  type QueuePlace,
  type Stop,
  writeBatch,
} from './journal-batch.ts';
import { LeaseLostError, type ProjectLease, renewProjectLease } from './project-lease.ts';

export interface JournalOptions {
  store: Store;
  lease: ProjectLease;
  leaseMs: number;
  now: () => number;
  /** A batch is in the store for good. */
  onWritten: (batch: JournalBatch) => void;
  /** Another server drives the project: nothing more is written. */
  onLeaseLost: () => void;
  /** The store did not take a batch; it is tried again. */
  onTrouble: (error: unknown) => void;
}

/**
 * Writes what the driver of a project decides behind its back: all that came up while the last batch was written goes into the next one,
 * one transaction, which also holds and renews the lease. A job is in the queue exactly if the state that says so is: whatever a crash
 * loses, the machine decides again in the same way.
 */
export interface Journal {
  enqueue(job: EnqueuedJob, place: QueuePlace): void;
  /** Several times: the strictest counts. */
  stop(stop: Stop): void;
  saveState(run: RunPlan, state: RunState): void;
  record(run: RunPlan, event: RunEvent): void;
  supersede(run: RunPlan, why: { reason: string; by: string | undefined }): void;
  finishPlan(planId: number): void;
  /** Renews the lease if it is time to, even if there is nothing to write. */
  touch(): void;
  /** Resolves when everything until now is written, or the journal is closed. */
  flushed(): Promise<void>;
  /** Nothing more is written; what is under way is awaited. */
  close(): Promise<void>;
}

const longestPauseMs = 5_000;

export function openJournal(options: JournalOptions): Journal {
  let batch = emptyBatch();
  let isTouched = false;
  let writtenAt = options.now();
  let writing: Promise<void> | null = null;
  const closed = new AbortController();

  const writeAll = async (): Promise<void> => {
    // What is decided in the same turn belongs to one batch.
    await new Promise((resolve) => setImmediate(resolve));
    while (!closed.signal.aborted && (isTouched || !isEmpty(batch))) {
      const next = batch;
      batch = emptyBatch();
      isTouched = false;
      await writeUntilTaken(options, next, closed.signal);
      writtenAt = options.now();
    }
  };
  const wake = (): void => {
    if (closed.signal.aborted || writing !== null) return;
    writing = writeAll().finally(() => {
      writing = null;
      if (isTouched || !isEmpty(batch)) wake();
    });
  };
  const add = (change: (batch: JournalBatch) => void): void => {
    change(batch);
    wake();
  };
  return {
    enqueue: (job, place) => add(({ enqueue }) => enqueue.push({ job, place })),
    stop: (one) => add(({ stop }) => stop.push(one)),
    saveState: (run, state) => add(({ states }) => states.set(run, state)),
    record: (run, event) => add(({ events }) => events.push({ run, event })),
    supersede: (run, why) => add(({ superseded }) => superseded.push({ run, ...why })),
    finishPlan: (planId) => add(({ done }) => done.push(planId)),
    touch: () => {
      if (options.now() - writtenAt < options.leaseMs / 3) return;
      isTouched = true;
      wake();
    },
    async flushed() {
      while (writing !== null) await writing;
    },
    async close() {
      closed.abort();
      await writing;
    },
  };
}

async function writeUntilTaken(
  { store, lease, leaseMs, now, onWritten, onLeaseLost, onTrouble }: JournalOptions,
  batch: JournalBatch,
  closed: AbortSignal,
): Promise<void> {
  for (let pauseMs = 50; !closed.aborted; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      const queued = await store.transaction().execute(async (transaction) => {
        const clock = { store: transaction, now: now() };
        await renewProjectLease(clock, lease, leaseMs);
        return writeBatch(clock, batch);
      });
      for (const [place, jobId] of queued) place.jobId = jobId;
      onWritten(batch);
      return;
    } catch (error) {
      if (error instanceof LeaseLostError) {
        onLeaseLost();
        return;
      }
      onTrouble(error);
      await delay(pauseMs, undefined, { signal: closed }).catch(() => {});
    }
  }
}
