import { copyFileSync, renameSync, statSync, truncateSync } from 'node:fs';

export interface LogLimits {
  /** A file that is larger is moved aside. */
  maxBytes: number;
  /** How many old ones are kept, as `.1` (the youngest) and on. */
  kept: number;
}

export const defaultLogLimits: LogLimits = { maxBytes: 16 * 1024 * 1024, kept: 3 };

/**
 * Moves a log aside that has become large. Its writer holds it open and goes on with it, as it appends; so it is copied and emptied,
 * and a line that is written in between is lost. One that can't be moved (the disk is full) stays as it is: a log must not end its writer.
 */
export function rotateLog(file: string, { maxBytes, kept }: LogLimits = defaultLogLimits): void {
  const status = statSync(file, { throwIfNoEntry: false });
  if (!status || status.size <= maxBytes) return;
  try {
    copyFileSync(file, `${file}.0`);
    for (let number = kept - 1; number >= 0; number--) {
      if (statSync(`${file}.${number}`, { throwIfNoEntry: false }))
        renameSync(`${file}.${number}`, `${file}.${number + 1}`);
    }
    truncateSync(file, 0);
  } catch {
    // It is tried again at the next look.
  }
}
