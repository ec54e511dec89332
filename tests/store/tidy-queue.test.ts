import { claimJob, enqueueJob, finishedJobs, renewLease } from '@slipway/server/queue';
import { beforeEach, expect, test } from 'vitest';
import { queuedRequest } from '../../bench/queued-request.ts';
import { tidyQueue } from '../../packages/server/src/controller/housekeeping.ts';
import { withEachStore } from './each-store.ts';

const leaseMs = 1_000;
const hourMs = 60 * 60_000;

withEachStore('a queue that is tidied', (under) => {
  let now = 0;

  beforeEach(async () => {
    await under.store.deleteFrom('job').execute();
    now = 10 * 24 * hourMs;
  });

  const enqueue = (request = queuedRequest('build', 'linux')) =>
    enqueueJob({ store: under.store, now }, { project: 'octo/app', attempt: 1, priority: 0, request });
  const tidy = (heardSince = 0) => tidyQueue({ store: under.store, now }, { heardSince, leaseMs });
  const claimAndConfirm = async () => {
    const claim = await claimJob(
      { store: under.store, now },
      { runner: 'silent', labels: ['linux'], leaseMs },
    );
    if (claim === null) throw new Error('there is no job');
    await renewLease({ store: under.store, now }, { ...claim, leaseMs });
    return claim.jobId;
  };

  test('a job that no runner takes for 24 hours fails, and says so', async () => {
    const id = await enqueue();
    now += 24 * hourMs;
    expect(await tidy()).toBe(false);
    now += 1;
    expect(await tidy()).toBe(true);
    expect((await finishedJobs(under.store, [id])).get(id)).toMatchObject({
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
    expect((await finishedJobs(under.store, [id])).get(id)).toMatchObject({ conclusion: 'failure' });
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
    expect(
      await claimJob({ store: under.store, now }, { runner: 'next', labels: ['linux'], leaseMs }),
    ).toMatchObject({
      jobId: id,
      fence: 2,
    });
  });
});
