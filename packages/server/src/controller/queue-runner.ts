import type { JobEvent, JobFinished } from '@slipway/contracts';
import type { RunPlan } from '@slipway/workflow/plan';
import type { JobExecution, RunnerPort } from '../runs/index.ts';
import type { Store } from '../store/open-store.ts';
import type { Journal } from './journal.ts';
import type { QueuePlace } from './journal-batch.ts';

/** Executes jobs by the queue: whoever claims one runs it, and says in the store what came of it. */
export interface QueueRunner extends RunnerPort {
  /** Follows a job that an earlier driver has put into the queue. */
  adopt(run: RunPlan, jobKey: string): JobExecution | undefined;
  /** Reads which of the jobs that are followed were begun or are finished, and tells; of all, or of those of which something was heard. */
  look(jobIds?: readonly number[]): Promise<void>;
}

export interface QueueRunnerOptions {
  store: Store;
  project: string;
  journal: Journal;
  /** Of a run, by its id. */
  attemptOf: (runId: string) => { attempt: number; priority: number };
  /** Ids in the queue, by `queueKey`, of jobs that may have to be adopted. */
  queued: ReadonlyMap<string, number>;
}

interface Followed extends QueuePlace {
  begun: boolean;
  onEvent: (event: JobEvent) => void;
  resolve: (result: JobFinished) => void;
}

const idsPerQuery = 500;

export function createQueueRunner(options: QueueRunnerOptions): QueueRunner {
  const { store, project, journal, attemptOf, queued } = options;
  const followed = new Set<Followed>();
  const follow = (jobId: number | undefined, onEvent: Followed['onEvent']) => {
    const { promise, resolve } = Promise.withResolvers<JobFinished>();
    const job: Followed = { jobId, begun: false, onEvent, resolve };
    followed.add(job);
    const execution: JobExecution = {
      finished: promise,
      cancel: (reason) => journal.stop({ place: job, how: 'cancel', reason }),
      kill: () => journal.stop({ place: job, how: 'kill', reason: null }),
    };
    return { job, execution };
  };
  return {
    start(request, onEvent) {
      const { job, execution } = follow(undefined, onEvent);
      journal.enqueue({ project, ...attemptOf(request.runId), request }, job);
      return execution;
    },
    adopt({ runId, runAttempt }, jobKey) {
      const jobId = queued.get(queueKey({ runId, attempt: runAttempt, jobKey }));
      return jobId === undefined ? undefined : follow(jobId, () => {}).execution;
    },
    async look(heardOf) {
      const byId = new Map<number, Followed>();
      for (const job of followed) if (job.jobId !== undefined) byId.set(job.jobId, job);
      const ids = heardOf === undefined ? [...byId.keys()] : heardOf.filter((id) => byId.has(id));
      for (let at = 0; at < ids.length; at += idsPerQuery) {
        for (const row of await readProgress(store, ids.slice(at, at + idsPerQuery))) {
          const job = byId.get(row.id);
          if (job === undefined) continue;
          if (!job.begun && row.claimed_at !== null) {
            job.begun = true;
            job.onEvent({ kind: 'job.started', at: row.claimed_at, executor: `runner ${row.runner}` });
          }
          if (row.result === null) continue;
          followed.delete(job);
          job.resolve(JSON.parse(row.result));
        }
      }
    },
  };
}

export function queueKey({
  runId,
  attempt,
  jobKey,
}: {
  runId: string;
  attempt: number;
  jobKey: string;
}): string {
  return `${runId} ${attempt} ${jobKey}`;
}

function readProgress(store: Store, ids: number[]) {
  return store
    .selectFrom('job')
    .select(['id', 'runner', 'claimed_at', 'result'])
    .where('id', 'in', ids)
    .where('state', '!=', 'queued')
    .execute();
}
