import { join } from 'node:path';
import { readJson, writeDurably } from '../daemon/durable-file.ts';
import type { ActOutcome, TargetAct } from '../target.ts';

/** What is known of an act: on disk before it begins, and as soon as it has ended. */
export interface ActRecord {
  token: string;
  task: TargetAct['task'];
  /** With its secrets; null once the act has ended. */
  deployment: TargetAct['deployment'] | null;
  outcome: Extract<ActOutcome, { kind: 'succeeded' | 'failed' }> | null;
}

/** Whether it is never done again; what failed for a while only may be. */
export function isOver(record: ActRecord | null): boolean {
  const outcome = record?.outcome;
  return outcome?.kind === 'succeeded' || outcome?.fault === 'definite';
}

export interface ActJournal {
  read(token: string): ActRecord | null;
  write(record: ActRecord): void;
}

export function openActJournal(directory: string): ActJournal {
  const file = (token: string) => {
    if (!/^[\w.~-]{1,200}$/.test(token)) throw new Error(`“${token}” is no token`);
    return join(directory, 'acts', `${token}.json`);
  };
  return {
    read: (token) => (readJson(file(token)) as ActRecord | undefined) ?? null,
    write: (record) => writeDurably(file(record.token), record),
  };
}
