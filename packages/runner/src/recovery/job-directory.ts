import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { activeDirectory, removeActiveRecord, writeActiveRecord } from './active-record.ts';
import { ownIdentity } from './process-identity.ts';
import { removeTree } from './remove-tree.ts';
import { makeWorkDirectory, trackingPrefixOf, workDirectoryOf } from './run-directory.ts';

/** Where one job of a server is executed, known to a sweep like a run of this machine. */
export interface JobDirectory {
  /** `<home>/work/<id>`. */
  workDirectory: string;
  trackingPrefix: string;
  activeRecord: string;
}

/** @throws RunDirectoryError */
export function openJobDirectory({
  slipwayHome,
  description,
  now,
  root,
}: {
  slipwayHome: string;
  description: string;
  /** Epoch milliseconds. */
  now: number;
  /** The job's folder of an earlier attempt, which holds paths to itself: this one is at the same place, where that can be. */
  root?: string | undefined;
}): JobDirectory {
  const { runId, workDirectory } = makeWorkDirectory(slipwayHome, now, idOf(root, slipwayHome));
  mkdirSync(activeDirectory(slipwayHome), { recursive: true });
  const activeRecord = writeActiveRecord(slipwayHome, {
    runId,
    number: 0,
    repositoryRoot: workDirectory,
    description,
    startedAt: now,
    owner: ownIdentity(),
  });
  return { workDirectory, trackingPrefix: trackingPrefixOf(runId), activeRecord };
}

function idOf(root: string | undefined, slipwayHome: string): string | undefined {
  const id = /\/(\d{10,20})\/\d+$/.exec(root ?? '')?.[1];
  return id !== undefined && dirname(root ?? '') === workDirectoryOf(slipwayHome, id) ? id : undefined;
}

export function closeJobDirectory({ workDirectory, activeRecord }: JobDirectory): void {
  removeTree(workDirectory);
  removeActiveRecord(activeRecord);
}
