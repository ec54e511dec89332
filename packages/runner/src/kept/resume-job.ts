import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Value } from '@slipway/workflow';
import type { JobState } from '../job/job-state.ts';
import type { Scope } from '../steps/running-step.ts';
import type { DuePost, StepMemory } from '../steps/step-memory.ts';
import type { StepReport } from '../steps/step-report.ts';
import { refreshCheckout } from '../workspace/refresh-checkout.ts';
import type { KeptJob, KeptMemory, KeptPoint, KeptPost } from './kept-job.ts';
import { copiesDirectory } from './step-points.ts';
import { withSecrets } from './without-secrets.ts';

/** A job that goes on from one of its steps instead of beginning. */
export interface ResumePoint {
  /** Folder of the run's kept jobs. */
  directory: string;
  job: KeptJob;
  point: KeptPoint;
  /** Where the job goes on, in its list of steps as the file has it now; from 0. */
  place: number;
  /** Where the job's folder was, if that is another place: files in it may hold the path. */
  movedFrom?: string;
}

/**
 * Puts a kept folder where the job's is to be. The one that the job left is used up by that; copies stay.
 * @throws the system's error
 */
export function takeFolder({ directory, job, point }: ResumePoint, root: string): void {
  mkdirSync(dirname(root), { recursive: true });
  const left = join(directory, String(job.number));
  if (point.copied) {
    const copy = join(copiesDirectory(directory, job.number), String(point.place));
    const share = process.platform === 'darwin' ? ['-c'] : ['--reflink=auto'];
    const { status } = spawnSync('cp', [...share, '-a', '--', copy, root], { stdio: 'ignore' });
    if (status !== 0) throw new Error(`${copy} can't be copied to ${root}`);
  } else renameSync(left, root);
  if (job.points.every(({ copied }) => !copied)) rmSync(`${left}.json`, { force: true });
  removeIfEmpty(directory);
  rmSync(join(root, '_pipes'), { recursive: true, force: true });
}

function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // Other jobs of the run are kept too.
  }
}

/** Makes variables, outputs, states and due post stages what they were before the step. Says what is different. */
export async function restorePoint(
  job: JobState,
  scope: Scope,
  { resume, report }: { resume: ResumePoint; report: StepReport },
): Promise<void> {
  const { point, job: kept } = resume;
  const { secrets } = job.contexts;
  report.log.line(`Going on from step ${resume.place + 1} '${point.name}', as the job was before it`);
  if (resume.movedFrom !== undefined) {
    report.warning(
      `The job's folder was ${resume.movedFrom} and is ${job.folders.root} now: files that hold the old path have to be made again`,
    );
  }
  for (const [name, value] of Object.entries(point.variables)) {
    // What only set-up has set, it has set again, as the file has it now.
    if (kept.initial[name] !== value) job.environment.set(name, String(withSecrets(value, secrets)));
  }
  for (const directory of point.path.toReversed()) job.environment.addPath(directory);
  Object.assign(scope.memory.steps, withSecrets(point.steps, secrets));
  scope.memory.posts.push(...point.posts.map((post) => duePost(post, secrets)));
  if (job.status !== 'cancelled') job.status = point.status;
  job.checkouts.push(...kept.checkouts);
  await refreshSources(job, report);
  if (kept.notKept.length > 0) {
    report.warning(`Not kept, because it holds what was masked: ${kept.notKept.join(', ')}`);
  }
}

/** People mend their sources and go on: what they have edited since the checkout is what they want to run. */
async function refreshSources(job: JobState, report: StepReport): Promise<void> {
  for (const checkout of job.checkouts) {
    const at = Date.now();
    const paths = await refreshCheckout({
      source: job.options.repositoryRoot,
      target: checkout.directory,
      since: checkout.at,
      signal: job.killed,
    });
    checkout.at = at;
    if (paths.length > 0)
      report.log.line(`Copied what was edited in the repository since: ${paths.join(', ')}`);
  }
}

type Secrets = Readonly<Record<string, Value>>;

function duePost({ step, condition, title, memory }: KeptPost, secrets: Secrets): DuePost {
  return { step, condition, title, memory: stepMemory(memory, secrets) };
}

function stepMemory({ state, innerSteps, innerPosts }: KeptMemory, secrets: Secrets): StepMemory {
  return {
    state: new Map(state.map(([name, value]) => [name, String(withSecrets(value, secrets))])),
    postIsDue: true,
    inner: {
      steps: withSecrets(innerSteps, secrets) as { [id: string]: Value },
      posts: innerPosts.map((post) => duePost(post, secrets)),
      ofStep: new Map(),
    },
  };
}
