import { claimJob, enqueueJob, finishJob, renewLease } from '@slipway/server/queue';
import type { Store } from '@slipway/server/store';
import { storeKinds } from '../tests/store/stores.ts';
import { median } from './measure.ts';
import { queuedRequest } from './queued-request.ts';
import type { Figure, Row } from './row.ts';

const jobs = 200;

/**
 * What the queue costs: a job enqueued, claimed, confirmed and finished, against as many of the least transactions that the same
 * database can make, in turn. 1,000 other jobs wait in the queue all the time.
 */
export const queueClaimsRow: Row = {
  name: 'queue-claims',
  async measure({ rounds }) {
    const figures: Figure[] = [];
    for (const { name, unavailable, create } of storeKinds) {
      if (unavailable !== null) continue;
      const kind = await create();
      try {
        figures.push(await measureStore(name, await kind.open(), Math.min(rounds, 5)));
      } finally {
        await kind.close();
      }
    }
    return figures;
  },
};

async function measureStore(name: string, store: Store, rounds: number): Promise<Figure> {
  for (let index = 0; index < 1_000; index += 1) await enqueue(store, `waiting-${index}`, 'other');
  const queue: number[] = [];
  const raw: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    raw.push(await perSecond(() => touch(store)));
    for (let index = 0; index < jobs; index += 1) await enqueue(store, `job-${round}-${index}`, 'linux');
    queue.push(await perSecond(() => claimAndFinish(store)));
  }
  const [claims, transactions] = [median(queue), median(raw)];
  return {
    name: `jobs claimed a second, ${name}`,
    detail: `${claims.toFixed(0)} claimed, confirmed and finished, against ${transactions.toFixed(0)} raw transactions`,
    value: transactions / claims,
    unit: '×',
    // Three transactions, of which one must find the job.
    target: 8,
  };
}

async function perSecond(act: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  for (let index = 0; index < jobs; index += 1) await act();
  return (jobs * 1_000) / (performance.now() - startedAt);
}

/** The least transaction of a store. It changes something each time: SQLite writes nothing for what is the same. */
export async function touch(store: Store): Promise<void> {
  await store
    .updateTable('job')
    .set(({ eb, ref }) => ({ queued_at: eb(ref('queued_at'), '+', 1) }))
    .where('id', '=', 1)
    .execute();
}

async function enqueue(store: Store, jobKey: string, label: string): Promise<void> {
  const request = queuedRequest(jobKey, label);
  await enqueueJob({ store, now: Date.now() }, { project: 'octo/app', attempt: 1, priority: 0, request });
}

async function claimAndFinish(store: Store): Promise<void> {
  const clock = { store, now: Date.now() };
  const claim = await claimJob(clock, { runner: 'bench', labels: ['linux'], leaseMs: 60_000 });
  if (claim === null) throw new Error('the queue is empty');
  const { jobId, fence } = claim;
  await renewLease(clock, { jobId, fence, leaseMs: 60_000 });
  const result = { kind: 'job.finished' as const, at: 0, conclusion: 'success' as const, outputs: {} };
  await finishJob(clock, { jobId, fence, result });
}
