import { mkdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { SlipwayError } from '@slipway/contracts/errors';
import type { KeptJobSummary } from '@slipway/contracts/kept-job';
import type { ClaimedJob, RunnerGateway } from '@slipway/contracts/runner-protocol';
import { sizeText } from '@slipway/contracts/size-text';
import type { RunnerOptions } from '../job/runner-options.ts';
import { archiveFolder, assessFolder, unpackFolder } from '../kept/archive-job.ts';
import type { HandOver } from '../kept/keep-job.ts';
import { failedPlace, type KeptJob, listKeptJobs } from '../kept/kept-job.ts';
import type { ResumePoint } from '../kept/resume-job.ts';

interface Keeping {
  gateway: RunnerGateway;
  claimed: Pick<ClaimedJob, 'jobId' | 'fence' | 'keep' | 'resume'>;
  /** Of the job. */
  workDirectory: string;
}

/**
 * How a runner keeps a job of a server that fails: at the server; and what a job goes on from that was kept there.
 * @throws SlipwayError `not-kept`; Error: what is kept can't be unpacked here
 */
export async function keepAtServer(keeping: Keeping): Promise<Pick<RunnerOptions, 'kept' | 'resume'>> {
  const { claimed, workDirectory } = keeping;
  const directory = join(workDirectory, '_kept');
  const resume = claimed.resume === undefined ? undefined : await fetchResume(keeping, directory);
  const { keep } = claimed;
  return {
    ...(keep && {
      kept: { directory, copies: false, handOver: (folder) => handOver(keeping, folder, keep.maxBytes) },
    }),
    ...(resume && { resume }),
  };
}

const mostTries = 3;

/** @returns where it is, for people */
async function handOver(
  { gateway, claimed: { jobId, fence } }: Keeping,
  folder: Parameters<HandOver>[0],
  maxBytes: number,
): Promise<string> {
  const assessed = await assessFolder(folder, maxBytes);
  if (assessed.kind === 'too-large') {
    throw new Error(`its folder is larger than the ${sizeText(maxBytes)} that may be kept`);
  }
  const record = await readRecord(folder.directory, folder.number);
  for (let tries = 1; ; tries += 1) {
    try {
      const archive = archiveFolder(folder, assessed.names);
      await gateway.keep(jobId, { fence, summary: summaryOf(record), archive });
      return `at the server, ${sizeText(assessed.sizeBytes)}`;
    } catch (error) {
      const isRefused = error instanceof SlipwayError && error.status < 500;
      if (isRefused || folder.signal.aborted || tries === mostTries) throw error;
    }
  }
}

function summaryOf(job: KeptJob): KeptJobSummary {
  const failed = failedPlace(job);
  return {
    ...(job.root !== undefined && { root: job.root }),
    points: job.points.map(({ place, id, name }) => ({
      place,
      ...(id !== undefined && { id }),
      name: name.slice(0, 2_000),
      ...(place === failed && { failed: true }),
    })),
  };
}

async function readRecord(directory: string, number: number): Promise<KeptJob> {
  return JSON.parse(await readFile(join(directory, `${number}.json`), 'utf8'));
}

async function fetchResume(
  { gateway, claimed: { jobId, fence, resume }, workDirectory }: Keeping,
  directory: string,
): Promise<ResumePoint> {
  mkdirSync(directory, { recursive: true });
  await unpackFolder(await gateway.fetchKept(jobId, { fence }), directory);
  const [kept] = listKeptJobs(directory);
  if (kept === undefined) throw new Error('what the server keeps of the job is no kept job');
  const root = join(workDirectory, String(kept.number));
  const moved = movedTo(kept, root);
  // The code is that of the run's commit: there is nothing that was edited since.
  const checkouts = moved.checkouts.map((one) => ({ ...one, at: Number.MAX_SAFE_INTEGER }));
  const job: KeptJob = { ...moved, checkouts };
  const point = job.points.find(({ place }) => place === resume?.place);
  if (point === undefined) throw new Error('the job was not kept before this step');
  const hasMoved = kept.root !== undefined && kept.root !== root;
  if (hasMoved) await moveAlternates(kept, { kept: join(directory, String(kept.number)), workDirectory });
  return { directory, job, point, place: point.place, ...(hasMoved && { movedFrom: kept.root }) };
}

/** Checkouts read their objects from the clone that is beside the job's folder. */
async function moveAlternates(
  { root = '', checkouts }: KeptJob,
  { kept, workDirectory }: { kept: string; workDirectory: string },
): Promise<void> {
  for (const { directory } of checkouts) {
    const file = join(kept, relative(root, directory), '.git', 'objects', 'info', 'alternates');
    const text = await readFile(file, 'utf8').catch(() => null);
    if (text !== null) await writeFile(file, text.replaceAll(dirname(root), workDirectory));
  }
}

/** The record of a job whose folder is at another place now. What files in it say of the old one stays. */
function movedTo(job: KeptJob, root: string): KeptJob {
  if (job.root === undefined || job.root === root) return job;
  const inText = (path: string): string => JSON.stringify(path).slice(1, -1);
  return JSON.parse(JSON.stringify(job).replaceAll(inText(job.root), inText(root)));
}
