import { join } from 'node:path';
import { readJson, writeDurably } from '../daemon/durable-file.ts';
import type { ProcessIdentity } from './process-tree.ts';

/** What of a unit survives its supervisor. */
interface RunningUnit {
  /** null: it has never been started. */
  identity: ProcessIdentity | null;
  port: number | null;
  restarts: number;
  /** Whoever sends requests may know its port. */
  wasReady: boolean;
}

export interface UnitRecord {
  readonly running: RunningUnit;
  note(change: Partial<RunningUnit>): void;
}

export function openUnitRecord(directory: string): UnitRecord {
  const file = join(directory, 'running.json');
  const never: RunningUnit = { identity: null, port: null, restarts: 0, wasReady: false };
  let running = (readJson(file) as RunningUnit | undefined) ?? never;
  return {
    get running() {
      return running;
    },
    note(change) {
      running = { ...running, ...change };
      try {
        writeDurably(file, running);
      } catch {
        // A full disk must not keep a process from being started again. The next supervisor finds it by its mark.
      }
    },
  };
}
