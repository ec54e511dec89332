import { SlipwayError } from '@slipway/contracts/errors';
import type { KeptJobSummary } from '@slipway/contracts/kept-job';
import type { Store } from '../store/open-store.ts';
import type { Resume } from './kept-jobs.ts';

/** A job of a run's latest attempt, and whether it is kept. */
export interface KeptCandidate {
  /** In the queue. */
  jobId: number;
  jobKey: string;
  name: string;
  /** null: it is not kept. */
  summary: KeptJobSummary | null;
}

/** The jobs of an attempt that a runner has executed, also in an attempt before it. */
export async function readKeptCandidates(
  store: Store,
  { runId, attempt }: { runId: number; attempt: number },
): Promise<KeptCandidate[]> {
  const rows = await store
    .selectFrom('run_job')
    .leftJoin('kept_job', 'kept_job.job_id', 'run_job.queue_id')
    .select(['run_job.queue_id', 'run_job.job_key', 'run_job.name', 'kept_job.summary'])
    .where('run_job.run_id', '=', runId)
    .where('run_job.attempt', '=', attempt)
    .where('run_job.queue_id', 'is not', null)
    .orderBy('run_job.position')
    .execute();
  return rows.map(({ queue_id, job_key, name, summary }) => ({
    jobId: queue_id ?? 0,
    jobKey: job_key,
    name,
    summary: summary === null ? null : JSON.parse(summary),
  }));
}

/**
 * Where a job is to go on. Pure.
 * @param wish `job` by key or name, null: the one that is kept; `step` by id, name or number from 1
 * @throws SlipwayError `unknown-job`, `unknown-step`, `not-kept`, `ambiguous-job`, each with what there is
 */
export function chooseKeptStep(
  candidates: readonly KeptCandidate[],
  { job, step }: { job: string | null; step: string },
): Resume {
  const { jobId, jobKey, name, summary } = chooseJob(candidates, job);
  if (summary === null) {
    throw new SlipwayError('not-kept', {
      message: `The job ${name} is not kept: only jobs that fail are, for a while, as far as the project's quota goes. Rerun it from its beginning.`,
      field: 'job',
    });
  }
  const { points } = summary;
  const point = points.find(({ id, name: named, place }) =>
    [id, named, String(place + 1)].some((one) => one !== undefined && same(one, step)),
  );
  if (point === undefined) {
    throw new SlipwayError('unknown-step', {
      message: `The job ${name} has no step ${step}; it has: ${points.map((one) => one.name).join(', ')}.`,
      field: 'fromStep',
    });
  }
  const failed = points.find((one) => one.failed === true);
  if (failed !== undefined && point.place < failed.place) {
    throw new SlipwayError('not-kept', {
      message: `The workspace as it was before '${point.name}' is not kept, only as the job has left it: go on from '${failed.name}', which failed, or from a later step.`,
      field: 'fromStep',
    });
  }
  const { root } = summary;
  return { jobKey, keptJobId: jobId, place: point.place, ...(root !== undefined && { root }) };
}

function chooseJob(candidates: readonly KeptCandidate[], job: string | null): KeptCandidate {
  const named =
    job === null
      ? candidates.filter(({ summary }) => summary !== null)
      : candidates.filter(({ jobKey, name }) => same(jobKey, job) || same(name, job));
  const [only, another] = named;
  if (only !== undefined && another === undefined) return only;
  const keys = named.map(({ jobKey }) => jobKey).join(', ');
  if (only !== undefined) {
    throw new SlipwayError('ambiguous-job', { message: `More than one is meant: ${keys}.`, field: 'job' });
  }
  if (job !== null) throw new SlipwayError('unknown-job', { field: 'job' });
  throw new SlipwayError('not-kept', {
    message:
      "No job of the run is kept: only jobs that fail are, for a while, as far as the project's quota goes. Rerun what failed from its beginning.",
  });
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
