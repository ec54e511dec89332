import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  type ActiveRecord,
  activeDirectory,
  removeActiveRecord,
  writeActiveRecord,
} from './active-record.ts';
import { writeFileAtomically } from './atomic-file.ts';
import { ownIdentity } from './process-identity.ts';
import { removeTree } from './remove-tree.ts';
import { RunDirectoryError } from './run-directory-error.ts';

export interface RunDirectoryOptions {
  repositoryRoot: string;
  slipwayHome: string;
  /** What people know the run by, e.g. `push: .github/workflows/ci.yml`. */
  description: string;
  /** Epoch milliseconds. */
  now: number;
}

/** Where a run keeps things; all folders exist. */
export interface RunDirectory {
  /** Decimal digits, as on GitHub; unique on this machine. */
  runId: string;
  /** Counts the runs of the repository, from 1. */
  number: number;
  /** From 1; absent: 1. */
  attempt?: number;
  /** `<repository>/.slipway/runs/<number>`: what is kept of the run. */
  path: string;
  /** `<home>/work/<runId>`: what is gone with it. */
  workDirectory: string;
  /** RUNNER_TRACKING_ID of the run's jobs is this, `_` and a number. */
  trackingPrefix: string;
  /** The file that makes the run known to a sweep. */
  activeRecord: string;
}

/** `run.json`: what a run's folder says of it. */
export interface RunRecord {
  runId: string;
  number: number;
  description: string;
  startedAt: number;
  status: 'running' | 'finished' | 'interrupted';
  conclusion?: string;
  /** Of the newest attempt; absent: 1. What was kept of earlier ones is in `attempts/<n>`. */
  attempt?: number;
  finishedAt?: number;
}

/**
 * Takes the next run number of a repository and makes the run's folders and records. Several processes may do so at once.
 * @throws RunDirectoryError (full disk, no right to write, …); what was made until then is removed again.
 */
export function openRunDirectory(options: RunDirectoryOptions): RunDirectory {
  const { repositoryRoot, slipwayHome, now } = options;
  const state = makeStateDirectory(repositoryRoot);
  const { number, path } = takeNumber(state);
  const made: string[] = [path];
  try {
    const { runId, workDirectory } = makeWorkDirectory(slipwayHome, now);
    made.push(workDirectory);
    const record = { runId, number, description: options.description, startedAt: now };
    // New in a new folder: nobody can see it half written.
    guard(path, () => writeFileSync(recordPath(path), recordText({ ...record, status: 'running' })));
    guard(activeDirectory(slipwayHome), (directory) => mkdirSync(directory, { recursive: true }));
    const active: ActiveRecord = { ...record, repositoryRoot, owner: ownIdentity() };
    const activeRecord = guard(slipwayHome, () => writeActiveRecord(slipwayHome, active));
    return { runId, number, path, workDirectory, trackingPrefix: trackingPrefixOf(runId), activeRecord };
  } catch (error) {
    for (const directory of made) removeTree(directory);
    throw error;
  }
}

/**
 * Ends a run's record: its work directory is removed, its folder in the repository stays.
 * Never throws: on a full disk the run is over all the same, and `run.json` goes on saying `running`.
 */
export function closeRunDirectory(run: RunDirectory, conclusion: string, now: number): void {
  removeTree(run.workDirectory);
  finishRunRecord(run.path, { status: 'finished', conclusion, finishedAt: now });
  removeActiveRecord(run.activeRecord);
}

export function trackingPrefixOf(runId: string): string {
  return `slipway_${runId}`;
}

export function workDirectoryOf(slipwayHome: string, runId: string): string {
  return join(slipwayHome, 'work', runId);
}

/** Where jobs of a run are kept that may go on from one of their steps. */
export function keptDirectoryOf(slipwayHome: string, runId: string): string {
  return join(slipwayHome, 'kept', runId);
}

/** The folder of a run's number in its repository. */
export function runPathOf(repositoryRoot: string, number: number): string {
  return join(repositoryRoot, '.slipway', 'runs', String(number));
}

/** Adds to a run's record what became of it; silently does nothing when that can't be written. */
export function finishRunRecord(path: string, change: Partial<RunRecord>): void {
  try {
    const record = JSON.parse(readFileSync(recordPath(path), 'utf8')) as RunRecord;
    writeRunRecord(path, { ...record, ...change });
  } catch {
    // The folder was removed, or the disk is full.
  }
}

export function writeRunRecord(path: string, record: RunRecord): void {
  guard(path, () => writeFileAtomically(recordPath(path), recordText(record)));
}

function recordPath(path: string): string {
  return join(path, 'run.json');
}

function recordText(record: RunRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** `.slipway` ignores itself, so that nobody's `git status` shows it. */
function makeStateDirectory(repositoryRoot: string): string {
  const state = join(repositoryRoot, '.slipway');
  guard(state, () => {
    mkdirSync(join(state, 'runs'), { recursive: true });
    writeUnlessThere(join(state, '.gitignore'), '*\n');
  });
  return state;
}

function writeUnlessThere(path: string, content: string): void {
  if (existsSync(path)) return;
  try {
    writeFileSync(path, content, { flag: 'wx' });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    // An empty file would pass for a good one the next time.
    rmSync(path, { force: true });
    throw error;
  }
}

/**
 * `mkdir` decides who gets a number. `next-run` only says where to begin, so that old runs need not be listed; it may be
 * behind (several processes at once), wrong or missing.
 */
function takeNumber(state: string): { number: number; path: string } {
  const runs = join(state, 'runs');
  const hint = join(state, 'next-run');
  let number = readHint(hint);
  while (true) {
    const path = join(runs, String(number));
    try {
      mkdirSync(path);
      writeHint(hint, number + 1);
      return { number, path };
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw new RunDirectoryError(path, error);
      number = Math.max(number, highestNumber(runs)) + 1;
    }
  }
}

function readHint(hint: string): number {
  try {
    const number = Number(readFileSync(hint, 'utf8'));
    return Number.isSafeInteger(number) && number > 0 ? number : 1;
  } catch {
    return 1;
  }
}

function writeHint(hint: string, next: number): void {
  try {
    // In place: to cut a file off and write it anew takes the file system longer than anything else here.
    const descriptor = openSync(hint, constants.O_WRONLY | constants.O_CREAT);
    writeSync(descriptor, `${String(next).padStart(12, '0')}\n`);
    closeSync(descriptor);
  } catch {
    // The next run lists the folder instead.
  }
}

function highestNumber(runs: string): number {
  let highest = 0;
  for (const name of readdirSync(runs)) highest = Math.max(highest, Number(name) || 0);
  return highest;
}

/** A folder `<home>/work/<runId>` of a new id, or of the wanted one if that is free. */
export function makeWorkDirectory(
  slipwayHome: string,
  now: number,
  wanted?: string,
): { runId: string; workDirectory: string } {
  guard(slipwayHome, () => mkdirSync(join(slipwayHome, 'work'), { recursive: true }));
  for (let free = wanted; ; free = undefined) {
    // Milliseconds and two digits by chance: expressions write numbers with 15 digits, and scripts take a run's id for a number.
    const runId = free ?? `${now}${String(Math.floor(Math.random() * 100)).padStart(2, '0')}`;
    const workDirectory = workDirectoryOf(slipwayHome, runId);
    try {
      mkdirSync(workDirectory);
      return { runId, workDirectory };
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw new RunDirectoryError(workDirectory, error);
    }
  }
}

function guard<T>(path: string, make: (path: string) => T): T {
  try {
    return make(path);
  } catch (error) {
    throw error instanceof RunDirectoryError ? error : new RunDirectoryError(path, error);
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
