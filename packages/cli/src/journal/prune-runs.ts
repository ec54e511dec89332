import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** How many runs of a repository are kept under `.slipway/runs`. */
const keptRuns = 200;
/** Looking costs a listing of the folder: every run does it that begins so many numbers after the last. */
const everyRuns = 20;

/** Removes the oldest runs beyond `keep`; one that still runs stays. Never throws: what cannot go now can go later. */
export function pruneRuns(
  runsDirectory: string,
  { newest, keep = keptRuns }: { newest: number; keep?: number },
): void {
  if (newest % everyRuns !== 0) return;
  try {
    const names = readdirSync(runsDirectory).filter((name) => /^\d+$/.test(name));
    const oldest = names.sort((a, b) => Number(b) - Number(a)).slice(keep);
    for (const name of oldest) removeFinished(join(runsDirectory, name));
  } catch {
    // The folder went away, or may not be written any more.
  }
}

function removeFinished(directory: string): void {
  if (statusOf(directory) !== 'running') rmSync(directory, { recursive: true, force: true });
}

function statusOf(directory: string): unknown {
  try {
    return JSON.parse(readFileSync(join(directory, 'run.json'), 'utf8')).status;
  } catch {
    return null;
  }
}
