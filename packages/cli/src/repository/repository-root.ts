import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The nearest folder upwards that git keeps, or null. */
export function findRepositoryRoot(from: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    if (statSync(join(folder, '.git'), { throwIfNoEntry: false }) !== undefined) return folder;
    if (folder === dirname(folder)) return null;
  }
}
