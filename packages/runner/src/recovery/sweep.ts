import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ActiveFile, listAbandoned, removeActiveRecord } from './active-record.ts';
import { forgetEngineUse, jobsWithContainers } from './engine-use.ts';
import { removeTree } from './remove-tree.ts';
import { finishRunRecord, runPathOf, trackingPrefixOf, workDirectoryOf } from './run-directory.ts';

/** A run whose Slipway was killed: it is cleaned up now and will not be told of again. */
export interface InterruptedRun {
  runId: string;
  /** Processes of it that were still alive. */
  endedProcesses: number;
  /** What could not be removed: files of other users, or containers whose engine does not answer. */
  leftovers: string[];
  /** Absent when the record was damaged. */
  run?: { number: number; repositoryRoot: string; description: string; startedAt: number };
}

export interface SweepOptions {
  slipwayHome: string;
  /** Epoch milliseconds. */
  now: number;
}

/**
 * Looks for runs whose Slipway is gone, ends what is left of their processes, removes their work directories and marks them as
 * interrupted. Costs one `readdir` when there is nothing to do. Several sweeps at once do no harm; each run is
 * reported by one of them. A sweep that is killed itself is taken up by the next.
 */
export async function sweepInterrupted({ slipwayHome, now }: SweepOptions): Promise<InterruptedRun[]> {
  const interrupted: InterruptedRun[] = [];
  for (const abandoned of listAbandoned(slipwayHome, now)) {
    const { endedProcesses, leftovers } = await cleanUp(abandoned, slipwayHome);
    if (abandoned.record) {
      const { repositoryRoot, number } = abandoned.record;
      finishRunRecord(runPathOf(repositoryRoot, number), { status: 'interrupted', finishedAt: now });
    }
    if (removeActiveRecord(abandoned.path)) interrupted.push(describe(abandoned, endedProcesses, leftovers));
  }
  return interrupted;
}

async function cleanUp(
  { runId }: ActiveFile,
  slipwayHome: string,
): Promise<{ endedProcesses: number; leftovers: string[] }> {
  // Loaded only when there is something to do: this is part of every start.
  const { endTracked } = await import('../processes/tracking.ts');
  const endedProcesses = await endTracked(trackingPrefixOf(runId));
  const containersLeft = await removeContainers(slipwayHome, runId);
  const paths = [workDirectoryOf(slipwayHome, runId), ...temporaryPaths(runId)];
  return { endedProcesses, leftovers: [...containersLeft, ...paths.filter((path) => !removeTree(path))] };
}

/** Returns what can't be removed, since no engine answers. */
async function removeContainers(slipwayHome: string, runId: string): Promise<string[]> {
  const prefix = trackingPrefixOf(runId);
  const jobs = jobsWithContainers(slipwayHome, prefix);
  if (jobs.length === 0) return [];
  const { sweepContainers } = await import('../docker/sweep-containers.ts');
  const swept = await sweepContainers(prefix);
  for (const job of jobs) forgetEngineUse(slipwayHome, job);
  return swept ? [] : [`containers with the label slipway.run=${prefix}`];
}

/** Folders of services that run as another user: see services/native/service-directory.ts. */
function temporaryPaths(runId: string): string[] {
  const prefix = `${trackingPrefixOf(runId)}_`;
  try {
    return readdirSync(tmpdir())
      .filter((name) => name.startsWith(prefix))
      .map((name) => join(tmpdir(), name));
  } catch {
    return [];
  }
}

function describe(
  { runId, record }: ActiveFile,
  endedProcesses: number,
  leftovers: string[],
): InterruptedRun {
  if (!record) return { runId, endedProcesses, leftovers };
  const { number, repositoryRoot, description, startedAt } = record;
  return { runId, endedProcesses, leftovers, run: { number, repositoryRoot, description, startedAt } };
}
