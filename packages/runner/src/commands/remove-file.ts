import { unlinkSync } from 'node:fs';

let due: string[] = [];

/**
 * Removes a file that may be gone already, when the next process has been started or there is nothing else to do: no step waits for
 * it. What has not been removed when the job ends goes with its folder.
 */
export function removeFileSoon(path: string): void {
  if (due.length === 0) setImmediate(removeDue);
  due.push(path);
}

function removeDue(): void {
  const paths = due;
  due = [];
  for (const path of paths) {
    try {
      // Unlike rmSync it does not look at the file first, which every step would pay for.
      unlinkSync(path);
    } catch {
      // The step removed it, or put something else there that goes with the job's folder.
    }
  }
}
