import { mkdirSync } from 'node:fs';
import { activeDirectory, removeActiveRecord, writeActiveRecord } from './active-record.ts';
import { ownIdentity } from './process-identity.ts';
import { removeTree } from './remove-tree.ts';
import { makeWorkDirectory, trackingPrefixOf } from './run-directory.ts';

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
}: {
  slipwayHome: string;
  description: string;
  /** Epoch milliseconds. */
  now: number;
}): JobDirectory {
  const { runId, workDirectory } = makeWorkDirectory(slipwayHome, now);
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

export function closeJobDirectory({ workDirectory, activeRecord }: JobDirectory): void {
  removeTree(workDirectory);
  removeActiveRecord(activeRecord);
}
