import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Conclusion } from '@slipway/contracts';
import type { Step, Value } from '@slipway/workflow';
import type { JobState, JobStatus } from '../job/job-state.ts';
import type { Scope } from '../steps/running-step.ts';
import type { DuePost } from '../steps/step-memory.ts';

/** The job before one of its steps, as it is remembered while the job runs: cheap, because most jobs succeed. */
export interface StepPoint {
  place: number;
  step: Step;
  conclusion?: Conclusion;
  variables: Record<string, string>;
  path: readonly string[];
  steps: { [id: string]: Value };
  status: JobStatus;
  posts: DuePost[];
  copied: boolean;
}

/** Remembers where the job stands; nothing if the runner keeps no jobs. */
export async function markPoint(job: JobState, scope: Scope, place: number): Promise<StepPoint | undefined> {
  const { kept } = job.options;
  const step = job.steps[place];
  if (kept === undefined || step === undefined) return undefined;
  const point: StepPoint = {
    place,
    step,
    variables: { ...job.environment.variables },
    path: job.environment.path,
    steps: { ...scope.memory.steps },
    status: job.status,
    posts: [...scope.memory.posts],
    copied: kept.copies && (await copyFolder(job, place)),
  };
  job.points.push(point);
  return point;
}

/** Where the copies of the job's folder are. */
export function copiesDirectory(directory: string, number: number): string {
  return join(directory, `${number}.before`);
}

/** Blocks are shared where the file system can. False if it can't be copied: the disk is full, or a file can't be read. */
async function copyFolder({ options, number, folders, killed }: JobState, place: number): Promise<boolean> {
  if (options.kept === undefined) return false;
  const target = copiesDirectory(options.kept.directory, number);
  mkdirSync(target, { recursive: true });
  const words = ['-a', '--', folders.root, join(target, String(place))];
  const share = process.platform === 'darwin' ? ['-c'] : ['--reflink=auto'];
  const child = spawn('cp', [...share, ...words], { stdio: 'ignore', signal: killed });
  const [status] = await once(child, 'close').catch(() => [1]);
  return status === 0;
}
