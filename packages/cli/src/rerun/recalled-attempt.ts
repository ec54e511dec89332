import { linkSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent } from '@slipway/contracts';
import type { RecalledJobs } from '@slipway/server/runs';
import { logFileName } from '../journal/run-journal.ts';

/** What another attempt takes over from the one before: results of jobs, and their part of the journal. */
export interface RecalledAttempt {
  /** When the new attempt began; epoch ms. */
  beganAt: number;
  jobs: RecalledJobs;
  /** The job is of another name now (its matrix has changed): what is known is of something else. */
  forgetUnlike(jobKey: string, name: string): void;
  /** The journal's lines about what happened in the job. */
  linesOf(jobKey: string): readonly string[];
}

export interface RecallOptions {
  jobs: RecalledJobs;
  /** By key. */
  names: ReadonlyMap<string, string>;
  /** Of the attempt before. */
  from: string;
  /** Of this one. */
  to: string;
  /** When this one begins; epoch ms. */
  beganAt: number;
}

/** Links the logs of the jobs that are taken over into the new attempt's folder. */
export function recallAttempt({ jobs, names, from, to, beganAt }: RecallOptions): RecalledAttempt {
  const lines = progressLines(from, new Set(jobs.results.keys()));
  for (const jobKey of jobs.results.keys())
    link(join(from, logFileName(jobKey)), join(to, logFileName(jobKey)));
  return {
    jobs,
    beganAt,
    forgetUnlike(jobKey, name) {
      if (names.get(jobKey) !== name) jobs.results.delete(jobKey);
    },
    linesOf: (jobKey) => (jobs.results.has(jobKey) ? (lines.get(jobKey) ?? []) : []),
  };
}

function progressLines(directory: string, jobs: ReadonlySet<string>): Map<string, string[]> {
  const lines = new Map<string, string[]>();
  for (const line of readFileSync(join(directory, 'events.ndjson'), 'utf8').split('\n')) {
    if (!line.includes('"kind":"job.progress"')) continue;
    const event = parsed(line);
    if (event?.kind !== 'job.progress' || !jobs.has(event.jobKey)) continue;
    lines.set(event.jobKey, [...(lines.get(event.jobKey) ?? []), line]);
  }
  return lines;
}

function parsed(line: string): RunEvent | null {
  try {
    return JSON.parse(line) as RunEvent;
  } catch {
    return null;
  }
}

/** A log of a job that is over is not written to any more, so both attempts may have the same. */
function link(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    // The job printed nothing.
  }
}
