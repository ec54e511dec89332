import { mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { activeDirectory, writeActiveRecord } from './active-record.ts';
import { ownIdentity } from './process-identity.ts';
import { removeTree } from './remove-tree.ts';
import {
  type RunDirectory,
  type RunRecord,
  runPathOf,
  trackingPrefixOf,
  workDirectoryOf,
  writeRunRecord,
} from './run-directory.ts';
import { RunDirectoryError } from './run-directory-error.ts';

export interface ReopenOptions {
  repositoryRoot: string;
  slipwayHome: string;
  number: number;
  /** Epoch milliseconds. */
  now: number;
}

/**
 * Opens a run that has ended for another attempt: same id, number and folder. What was kept of the attempt before moves to
 * `attempts/<n>` in it.
 * @returns null if the run is under way
 * @throws RunDirectoryError
 */
export function reopenRunDirectory(options: ReopenOptions): RunDirectory | null {
  const { repositoryRoot, slipwayHome, number, now } = options;
  const path = runPathOf(repositoryRoot, number);
  const workDirectory = workDirectoryOf(slipwayHome, readRecord(path).runId);
  try {
    // Made by whoever runs it: of two attempts at once one finds it there.
    mkdirSync(join(slipwayHome, 'work'), { recursive: true });
    mkdirSync(workDirectory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null;
    throw new RunDirectoryError(workDirectory, error);
  }
  try {
    const attempt = putAway(path);
    const { runId, description } = readRecord(path);
    const record: RunRecord = { runId, number, description, startedAt: now, status: 'running', attempt };
    mkdirSync(activeDirectory(slipwayHome), { recursive: true });
    const { status: _status, attempt: _attempt, ...known } = record;
    const activeRecord = writeActiveRecord(slipwayHome, {
      ...known,
      repositoryRoot,
      owner: ownIdentity(),
    });
    writeRunRecord(path, record);
    return {
      runId,
      number,
      attempt,
      path,
      workDirectory,
      trackingPrefix: trackingPrefixOf(runId),
      activeRecord,
    };
  } catch (error) {
    removeTree(workDirectory);
    throw error instanceof RunDirectoryError ? error : new RunDirectoryError(path, error);
  }
}

/** The folder of an earlier attempt. */
export function attemptPathOf(path: string, attempt: number): string {
  return join(path, 'attempts', String(attempt));
}

/** Moves what is in the folder to the attempt's own. @returns the next attempt's number */
function putAway(path: string): number {
  const { attempt = 1 } = readRecord(path);
  const target = attemptPathOf(path, attempt);
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(path)) {
    if (name !== 'attempts' && name !== 'run.json') renameSync(join(path, name), join(target, name));
  }
  writeRunRecord(target, readRecord(path));
  return attempt + 1;
}

function readRecord(path: string): RunRecord {
  try {
    return JSON.parse(readFileSync(join(path, 'run.json'), 'utf8')) as RunRecord;
  } catch (error) {
    throw new RunDirectoryError(path, error);
  }
}
