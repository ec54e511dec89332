import { unlinkSync } from 'node:fs';

/** Removes a file that may be gone already. Unlike rmSync it does not look at it first, which every step would pay for. */
export function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // The step removed it, or put something else there that goes with the job's folder.
  }
}
