import { readdirSync, readFileSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from './atomic-file.ts';
import { livenessOf, type ProcessIdentity, processExists } from './process-identity.ts';

/** Who owns a run that is under way and what it holds, for the sweep after a crash. */
export interface ActiveRecord {
  runId: string;
  /** Number within its repository. */
  number: number;
  repositoryRoot: string;
  description: string;
  /** Epoch milliseconds. */
  startedAt: number;
  owner: ProcessIdentity;
}

/** A file of the index; `record` is null when its content can't be read. */
export interface ActiveFile {
  path: string;
  runId: string;
  record: ActiveRecord | null;
}

/**
 * All runs under way have one file in one folder, so that to look for interrupted ones costs one `readdir`. The file's name holds
 * what is needed to judge and clean up even if its content is lost.
 */
export function writeActiveRecord(slipwayHome: string, record: ActiveRecord): string {
  const path = join(activeDirectory(slipwayHome), `${record.runId}.${record.owner.pid}.json`);
  writeFileAtomically(path, `${JSON.stringify(record)}\n`);
  return path;
}

export function activeDirectory(slipwayHome: string): string {
  return join(slipwayHome, 'active');
}

/** The records whose owner is gone. */
export function listAbandoned(slipwayHome: string, now: number): ActiveFile[] {
  const abandoned: ActiveFile[] = [];
  for (const name of listNames(activeDirectory(slipwayHome))) {
    const [, runId, pid] = /^([^.]+)\.(\d+)\.json$/.exec(name) ?? [];
    if (runId === undefined) continue;
    const path = join(activeDirectory(slipwayHome), name);
    const record = readRecord(path, runId);
    if (isAbandoned(path, record, { pid: Number(pid), now })) abandoned.push({ path, runId, record });
  }
  return abandoned;
}

/** @returns whether this call removed it: of several sweeps at once only one reports a run. */
export function removeActiveRecord(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch {
    return false;
  }
}

const FOREIGN_KEPT_MS = 7 * 24 * 60 * 60_000;

function isAbandoned(
  path: string,
  record: ActiveRecord | null,
  { pid, now }: { pid: number; now: number },
): boolean {
  if (!record) return !processExists(pid);
  const liveness = livenessOf(record.owner);
  // Of another container or machine: no run takes that long.
  if (liveness === 'unknown') return now - modifiedAt(path) > FOREIGN_KEPT_MS;
  return liveness === 'dead';
}

function listNames(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function modifiedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
}

function readRecord(path: string, runId: string): ActiveRecord | null {
  try {
    const record: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isRecord(record) && record.runId === runId ? record : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is ActiveRecord {
  const record = value as ActiveRecord | null;
  return (
    typeof record === 'object' &&
    typeof record?.runId === 'string' &&
    typeof record.number === 'number' &&
    typeof record.repositoryRoot === 'string' &&
    typeof record.description === 'string' &&
    typeof record.startedAt === 'number' &&
    typeof record.owner?.pid === 'number' &&
    typeof record.owner.startedAt === 'string' &&
    typeof record.owner.bootId === 'string' &&
    typeof record.owner.namespace === 'string'
  );
}
