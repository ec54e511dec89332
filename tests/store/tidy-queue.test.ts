import { claimJob, enqueueJob, finishedJobs, renewLease } from '@slipway/server/queue';
import type { Store } from '@slipway/server/store';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { queuedRequest } from '../../bench/queued-request.ts';
import { tidyQueue } from '../../packages/server/src/controller/housekeeping.ts';
import { storeKinds, type TestStore } from './stores.ts';

const leaseMs = 1_000;
const hourMs = 60 * 60_000;

describe.each(storeKinds)('a queue that is tidied on $name', ({ unavailable, create }) => {
  let kind: TestStore;
  let store: Store;
  let now = 0;

  beforeAll(async () => {
    if (unavailable !== null) return;
    kind = await create();
    store = await kind.open();
  });
  beforeEach(async (context) => {
    if (unavailable !== null) context.skip(unavailable);
    await store.deleteFrom('job').execute();
    now = 10 * 24 * hourMs;
  });
  afterAll(() => kind?.close());

  const enqueue = (request = queuedRequest('build', 'linux')) =>
    enqueueJob({ store, now }, { project: 'octo/app', attempt: 1, priority: 0, request });
  const tidy = (heardSince = 0) => tidyQueue({ store, now }, { heardSince, leaseMs });
  const claimAndConfirm = async () => {
    const claim = await claimJob({ store, now }, { runner: 'silent', labels: ['linux'], leaseMs });
    if (claim === null) throw new Error('there is no job');
    await renewLease({ store, now }, { ...claim, leaseMs });
    return claim.jobId;
  };

  test('a job that no runner takes for 24 hours fails, and says so', async () => {
    const id = await enqueue();
    now += 24 * hourMs;
    expect(await tidy()).toBe(false);
    now += 1;
    expect(await tidy()).toBe(true);
    expect((await finishedJobs(store, [id])).get(id)).toMatchObject({
      conclusion: 'failure',
      reason: 'no runner took it within 24 hours',
    });
  });

  test('a silent runner is lost only when it could have been heard for a whole lease', async () => {
    await enqueue();
    const id = await claimAndConfirm();
    now += 5 * leaseMs;
    expect(await tidy(now - leaseMs + 1)).toBe(false);
    expect(await tidy(now - leaseMs)).toBe(true);
    expect((await finishedJobs(store, [id])).get(id)).toMatchObject({ conclusion: 'failure' });
  });

  test('the job of a lost runner begins again where its env says so', async () => {
    const at = { line: 1, column: 1 };
    const request = queuedRequest('build', 'linux');
    const entries = [
      {
        key: { kind: 'literal' as const, value: 'SLIPWAY_RETRY_LOST', at },
        value: { kind: 'literal' as const, value: true, at },
      },
    ];
    await enqueue({ ...request, job: { ...request.job, env: { kind: 'mapping', entries, at } } });
    const id = await claimAndConfirm();
    now += 2 * leaseMs;
    expect(await tidy()).toBe(false);
    expect(await claimJob({ store, now }, { runner: 'next', labels: ['linux'], leaseMs })).toMatchObject({
      jobId: id,
      fence: 2,
    });
  });
});
