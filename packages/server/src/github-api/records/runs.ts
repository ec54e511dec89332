import type { JobAnswer } from '@slipway/contracts/api/jobs';
import type { RunAnswer } from '@slipway/contracts/api/runs';
import { readJobs } from '../../history/read-jobs.ts';
import { readRun } from '../../history/read-runs.ts';
import { numberParam, type RepositoryCall, rowParam } from '../github-context.ts';
import { notFound } from '../github-error.ts';
import { jobNumber, jobPlace } from './job-numbers.ts';

const mostRunId = 2 ** 31 - 1;

/** The run of the path, which has to be of the repository of the path. @throws GithubError 404 */
export async function requireRun({ c, context, project }: RepositoryCall): Promise<RunAnswer> {
  const run = await readRun(context.store, rowParam(c, 'run')).catch(() => null);
  if (run === null || run.project !== project.name) throw notFound();
  return run;
}

/** A job with the number that clients know it by. */
export interface NumberedJob extends JobAnswer {
  number: number;
}

export async function numberedJobs(
  { context: { store, now } }: Pick<RepositoryCall, 'context'>,
  runId: number,
  attempt: number,
): Promise<NumberedJob[]> {
  const jobs = await readJobs({ store, now: now() }, runId, attempt);
  return jobs.map((job, position) => ({ ...job, number: jobNumber({ runId, attempt, position }) }));
}

/** The job of the path, with its run. @throws GithubError 404 */
export async function requireJob(call: RepositoryCall): Promise<{ run: RunAnswer; job: NumberedJob }> {
  const place = jobPlace(numberParam(call.c, 'job'));
  if (place === null || place.runId > mostRunId) throw notFound();
  const run = await readRun(call.context.store, place.runId).catch(() => null);
  if (run === null || run.project !== call.project.name) throw notFound();
  const job = (await numberedJobs(call, place.runId, place.attempt))[place.position];
  if (job === undefined) throw notFound();
  return { run, job };
}
