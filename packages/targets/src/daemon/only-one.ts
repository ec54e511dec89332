import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Held until the process ends, however it ends: the system lets go of it. */
export interface OnlyOne {
  release(): void;
}

/**
 * Makes sure that one process at a time works on a folder; null if another one does. @throws when there is no such folder. Node has no flock(2), and a file with a process
 * number in it would outlive a `kill -9`; the lock that SQLite takes on its file doesn't.
 */
export function becomeOnlyOne(directory: string): OnlyOne | null {
  // Not made here: a daemon that starts late must not bring back what somebody has removed meanwhile, and live in it for ever.
  if (!existsSync(directory)) throw new Error(`there is no folder ${directory}`);
  const database = new DatabaseSync(join(directory, 'lock.db'), { timeout: 0 });
  try {
    database.exec('begin exclusive');
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === sqliteBusy) return null;
    throw error;
  }
  return { release: () => database.close() };
}

const sqliteBusy = 5;
