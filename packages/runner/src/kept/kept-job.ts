import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Conclusion } from '@slipway/contracts';
import type { ActionStep, ExpressionTemplate, Value } from '@slipway/workflow';
import type { JobStatus } from '../job/job-state.ts';

/**
 * What is kept of a job so that it can go on from one of its steps: `<number>.json` in the run's folder of kept jobs, beside `<number>`,
 * which is the job's own folder as the job has left it. Secrets are not in it: their places name them.
 */
export interface KeptJob {
  /** Of this shape. */
  version: 1;
  jobKey: string;
  /** Names the job's folder: paths in it stay valid when it goes back to where it was. */
  number: number;
  /** Where the job's folder was; absent: where it is to be again. */
  root?: string;
  /** Of the job's own steps, in order. */
  points: KeptPoint[];
  /** Variables after set-up: what a point has besides was set by steps. */
  initial: Record<string, string>;
  checkouts: { directory: string; at: number }[];
  /** Variables, outputs and states that hold what was masked during the job, and are not kept. */
  notKept: string[];
}

/** The job as it was before one of its steps. */
export interface KeptPoint {
  /** Position in the job's list, from 0. */
  place: number;
  id?: string;
  /** For people. */
  name: string;
  /** How the step ended; absent: it was not reached, or ran beside others. */
  conclusion?: Conclusion;
  variables: Record<string, string>;
  path: string[];
  /** The `steps` context. */
  steps: { [id: string]: Value };
  status: JobStatus;
  /** Post stages that were due. */
  posts: KeptPost[];
  /** The job's folder as it was then is in `<number>.before/<place>`. */
  copied: boolean;
}

export interface KeptPost {
  step: ActionStep;
  condition: ExpressionTemplate;
  title: string;
  memory: KeptMemory;
}

export interface KeptMemory {
  state: [name: string, value: string][];
  innerSteps: { [id: string]: Value };
  innerPosts: KeptPost[];
}

/** Jobs that are kept of a run. What can't be read is no kept job. */
export function listKeptJobs(directory: string): KeptJob[] {
  return listNames(directory).flatMap((name) => {
    if (!name.endsWith('.json')) return [];
    try {
      const kept = JSON.parse(readFileSync(join(directory, name), 'utf8')) as KeptJob;
      return kept.version === 1 ? [kept] : [];
    } catch {
      return [];
    }
  });
}

/**
 * The step that stopped the job: from it on, the folder that the job has left is good enough to go on. null: none did.
 */
export function failedPlace({ points }: KeptJob): number | null {
  return points.find(({ conclusion }) => conclusion === 'failure')?.place ?? null;
}

function listNames(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
