import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '@slipway/runner/recovery';

/** A run that was made in this repository; its details are in its journal. */
export interface KeptRun extends RunRecord {
  directory: string;
}

/** The repository's runs, newest first. A folder without a readable record is left out. */
export function listRuns(repositoryRoot: string): KeptRun[] {
  const folder = join(repositoryRoot, '.slipway', 'runs');
  return numbersIn(folder)
    .toSorted((a, b) => b - a)
    .flatMap((number) => readRecord(join(folder, String(number))) ?? []);
}

/** @param number null: the newest */
export function findRun(repositoryRoot: string, number: number | null): KeptRun | null {
  const folder = join(repositoryRoot, '.slipway', 'runs');
  const wanted = number ?? Math.max(0, ...numbersIn(folder));
  return readRecord(join(folder, String(wanted)));
}

function numbersIn(folder: string): number[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function readRecord(directory: string): KeptRun | null {
  try {
    return { ...(JSON.parse(readFileSync(join(directory, 'run.json'), 'utf8')) as RunRecord), directory };
  } catch {
    return null;
  }
}
