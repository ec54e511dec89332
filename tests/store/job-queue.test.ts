import type { JobFinished } from '@slipway/contracts';
import {
  claimJob,
  endLostJobs,
  enqueueJob,
  FencedError,
  finishedJobs,
  finishJob,
  renewLease,
  stopJob,
} from '@slipway/server/queue';
import { beforeEach, expect, test } from 'vitest';
import { queuedRequest } from '../../bench/queued-request.ts';
import { withEachStore } from './each-store.ts';

const leaseMs = 1_000;

withEachStore('the job queue', (under) => {
  let now = 1_000_000;

  beforeEach(async () => {
    await under.store.deleteFrom('job').execute();
    now = 1_000_000;
  });

  const enqueue = (jobKey: string, more: { project?: string; labels?: string[]; priority?: number } = {}) => {
    const { project = 'octo/app', labels = ['linux'], priority = 0 } = more;
    return enqueueJob(
      { store: under.store, now: now++ },
      { project, attempt: 1, priority, request: queuedRequest(jobKey, ...labels) },
    );
  };
  const claim = (runner = 'r1', labels = ['linux', 'x64'], on = under.store) =>
    claimJob({ store: on, now }, { runner, labels, leaseMs });

  test('a job goes to one runner, with a fence, and to nobody else', async () => {
    const id = await enqueue('build');
    expect(await claim()).toMatchObject({
      jobId: id,
      fence: 1,
      project: 'octo/app',
      request: { jobKey: 'build' },
    });
    expect(await claim('r2')).toBeNull();
  });

  test('the same job enqueued again is the same job', async () => {
    expect(await enqueue('build')).toBe(await enqueue('build'));
    await claim();
    expect(await claim()).toBeNull();
  });

  test('a runner gets only jobs whose labels it has, whatever their case and order', async () => {
    await enqueue('mac', { labels: ['macos'] });
    const id = await enqueue('both', { labels: ['X64', 'Linux'] });
    expect(await claim('r1', ['linux'])).toBeNull();
    expect(await claim('r1', ['linux', 'x64', 'gpu'])).toMatchObject({ jobId: id });
  });

  test('priority goes before age, age before nothing', async () => {
    await enqueue('old');
    await enqueue('new');
    await enqueue('urgent', { priority: 5 });
    const keys = [await claim(), await claim(), await claim()].map((one) => one?.request.jobKey);
    expect(keys).toEqual(['urgent', 'old', 'new']);
  });

  test('a project with many jobs does not keep another waiting', async () => {
    for (let index = 0; index < 4; index++) await enqueue(`big-${index}`, { project: 'octo/big' });
    for (let index = 0; index < 2; index++) await enqueue(`small-${index}`, { project: 'octo/small' });
    const projects = [];
    for (let index = 0; index < 4; index++) projects.push((await claim())?.project);
    expect(projects).toEqual(['octo/big', 'octo/small', 'octo/big', 'octo/small']);
  });

  test('of many runners on connections of their own that claim at once, each job goes to exactly one', async () => {
    const others = await Promise.all([under.open(), under.open(), under.open()]);
    for (let index = 0; index < 60; index++) await enqueue(`job-${index}`);
    const claimed: number[] = [];
    await Promise.all(
      [under.store, ...others].map(async (connection, index) => {
        for (;;) {
          const got = await claim(`r${index}`, ['linux'], connection);
          // Somebody else may have taken the row that was next; what is left says whether all is done.
          if (got !== null) claimed.push(got.jobId);
          else if ((await waiting()) === 0) return;
        }
      }),
    );
    expect(new Set(claimed).size).toBe(60);
    expect(claimed).toHaveLength(60);
  });

  test('a result is taken once, and may be said again', async () => {
    const id = await enqueue('build');
    await claim();
    const result = resultOf('success');
    await finishJob({ store: under.store, now }, { jobId: id, fence: 1, result });
    await finishJob({ store: under.store, now }, { jobId: id, fence: 1, result });
    expect(await finishedJobs(under.store, [id])).toEqual(new Map([[id, result]]));
    await expect(
      finishJob({ store: under.store, now }, { jobId: id, fence: 1, result: resultOf('failure') }),
    ).rejects.toThrow(FencedError);
  });

  test('a runner that is silent for longer than its lease loses the job, which fails as lost', async () => {
    const id = await enqueue('build');
    await claim('slow');
    await renewLease({ store: under.store, now }, { jobId: id, fence: 1, leaseMs });
    now += leaseMs + 1;
    expect(await endLostJobs({ store: under.store, now }, { isRetryable: () => false })).toEqual([id]);
    expect((await finishedJobs(under.store, [id])).get(id)).toMatchObject({
      conclusion: 'failure',
      reason: expect.stringContaining('slow'),
    });
    const late = finishJob({ store: under.store, now }, { jobId: id, fence: 1, result: resultOf('success') });
    await expect(late).rejects.toThrow(FencedError);
  });

  test('a job whose claim never reached its runner goes to another one', async () => {
    const id = await enqueue('build');
    await claim('unreached');
    now += leaseMs + 1;
    expect(await endLostJobs({ store: under.store, now }, { isRetryable: () => false })).toEqual([]);
    expect(await claim('next')).toMatchObject({ jobId: id, fence: 2 });
    await expect(renewLease({ store: under.store, now }, { jobId: id, fence: 1, leaseMs })).rejects.toThrow(
      FencedError,
    );
  });

  test('a heartbeat keeps the lease', async () => {
    const id = await enqueue('build');
    await claim();
    now += leaseMs - 1;
    await renewLease({ store: under.store, now }, { jobId: id, fence: 1, leaseMs });
    now += leaseMs - 1;
    expect(await endLostJobs({ store: under.store, now }, { isRetryable: () => false })).toEqual([]);
  });

  test('a retryable job of a lost runner goes to another, and the lost runner is fenced off', async () => {
    const id = await enqueue('build');
    await claim('lost');
    now += leaseMs + 1;
    expect(await endLostJobs({ store: under.store, now }, { isRetryable: () => true })).toEqual([]);
    expect(await claim('next')).toMatchObject({ jobId: id, fence: 2 });
    await expect(renewLease({ store: under.store, now }, { jobId: id, fence: 1, leaseMs })).rejects.toThrow(
      FencedError,
    );
    await expect(
      finishJob({ store: under.store, now }, { jobId: id, fence: 1, result: resultOf('success') }),
    ).rejects.toThrow(FencedError);
    await finishJob({ store: under.store, now }, { jobId: id, fence: 2, result: resultOf('success') });
  });

  test('a job that waits is cancelled at once, one that runs is told at its next heartbeat', async () => {
    const running = await enqueue('running');
    await claim();
    const queued = await enqueue('queued');
    await stopJob({ store: under.store, now }, { jobId: queued, how: 'cancel' });
    await stopJob({ store: under.store, now }, { jobId: running, how: 'cancel' });
    expect((await finishedJobs(under.store, [queued, running])).get(queued)).toMatchObject({
      conclusion: 'cancelled',
    });
    expect(await claim('r2')).toBeNull();
    const heartbeat = () => renewLease({ store: under.store, now }, { jobId: running, fence: 1, leaseMs });
    expect((await heartbeat()).stop).toBe('cancel');
    await stopJob({ store: under.store, now }, { jobId: running, how: 'kill' });
    await stopJob({ store: under.store, now }, { jobId: running, how: 'cancel' });
    expect((await heartbeat()).stop).toBe('kill');
  });

  async function waiting(): Promise<number> {
    const rows = await under.store.selectFrom('job').select('id').where('state', '=', 'queued').execute();
    return rows.length;
  }
});

function resultOf(conclusion: JobFinished['conclusion']): JobFinished {
  return { kind: 'job.finished', at: 1, conclusion, outputs: {} };
}
