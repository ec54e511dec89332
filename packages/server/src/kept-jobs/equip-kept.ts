import type { ClaimedJob } from '@slipway/contracts/runner-protocol';
import { findProject } from '../projects/find-project.ts';
import type { Claim } from '../queue/job-queue.ts';
import type { Store } from '../store/open-store.ts';
import { mostKeptBytes, resumeOf } from './kept-jobs.ts';

/** Whether a claimed job is to be kept if it fails, and the step that it goes on from. */
export async function equipKept(
  store: Store,
  { project, attempt, request }: Pick<Claim, 'project' | 'attempt' | 'request'>,
): Promise<Pick<ClaimedJob, 'keep' | 'resume'>> {
  const { settings } = await findProject(store, project);
  const maxBytes = Math.min(mostKeptBytes, settings.quotas.keptJobs);
  const { runId, jobKey } = request;
  const resume = await resumeOf(store, { runId: Number(runId), attempt, jobKey });
  return {
    ...(settings.keepFailedJobs && maxBytes > 0 && { keep: { maxBytes } }),
    ...(resume !== null && {
      resume: { place: resume.place, ...(resume.root !== undefined && { root: resume.root }) },
    }),
  };
}
