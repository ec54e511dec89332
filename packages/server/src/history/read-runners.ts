import type { RunnersAnswer } from '@slipway/contracts/api/runners';
import type { Store } from '../store/open-store.ts';

/** One without a job that has not asked for one for longer counts as gone. */
const silenceMs = 2 * 60_000;

/** Runners that have asked for work, by name, with what they do. */
export async function readRunners({
  store,
  now,
}: {
  store: Store;
  now: number;
}): Promise<RunnersAnswer['runners']> {
  const [runners, jobs] = await Promise.all([
    store.selectFrom('runner').selectAll().orderBy('name').execute(),
    store
      .selectFrom('job')
      .select(['id', 'runner', 'project', 'run_id', 'job_key'])
      .where('state', '=', 'claimed')
      .execute(),
  ]);
  const byRunner = new Map(jobs.map((job) => [job.runner, job]));
  return runners.map(({ name, labels, seen_at: seenAt }) => {
    const job = byRunner.get(name);
    const there = now - seenAt < silenceMs ? 'idle' : 'offline';
    return {
      name,
      labels: labels.split(','),
      status: job === undefined ? there : 'busy',
      job:
        job === undefined
          ? null
          : { id: job.id, project: job.project, runId: Number(job.run_id), key: job.job_key },
      seenAt,
    };
  });
}
