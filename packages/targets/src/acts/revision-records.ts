import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '@slipway/delivery';
import { readJson, writeDurably } from '../daemon/durable-file.ts';
import type { TargetDeployment } from '../target.ts';

/** What was placed: what should run, to be held against what does. */
export interface RevisionRecord {
  revision: string;
  components: Record<string, { digest: Digest; wanted: number }>;
  /** How it was placed, with its secrets, so that an instance that was ended can be started again; absent: by a version that didn't keep it. */
  deployment?: TargetDeployment;
  /** Tokens of the acts that scaled it, in the order in which they were begun. */
  scalings?: string[];
}

export interface RevisionRecords {
  list(): RevisionRecord[];
  write(record: RevisionRecord): void;
  remove(revision: string): void;
}

export function openRevisionRecords(directory: string): RevisionRecords {
  const folder = join(directory, 'revisions');
  const file = (revision: string) => join(folder, `${revision}.json`);
  return {
    list() {
      let names: string[];
      try {
        names = readdirSync(folder);
      } catch {
        return [];
      }
      return names
        .filter((name) => name.endsWith('.json'))
        .flatMap((name) => (readJson(join(folder, name)) as RevisionRecord | undefined) ?? []);
    },
    write: (record) => writeDurably(file(record.revision), record),
    remove: (revision) => rmSync(file(revision), { force: true }),
  };
}
