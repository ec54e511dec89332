import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';

const RETRY_MS = 250;

/** Does `work` while no other process of this machine does work of the same name; the lock of one that dies is free again. */
export async function oneAtATime<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  const lock = new DatabaseSync(join(tmpdir(), `${name}.lock`), { timeout: 0 });
  try {
    while (!isTaken(lock)) await delay(RETRY_MS);
    return await work();
  } finally {
    lock.close();
  }
}

/** An SQLite file is a lock that all systems have and that goes with its process. */
function isTaken(lock: DatabaseSync): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch {
    return false;
  }
}
