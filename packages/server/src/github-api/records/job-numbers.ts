/**
 * The numbers by which clients know jobs of runs: the same from the moment at which a job is known, and of each attempt another. A job that
 * has not begun has no row in the queue whose number it could have. They are larger than those of check runs that were made by somebody, since
 * on GitHub a job is a check run too.
 */
export interface JobPlace {
  runId: number;
  attempt: number;
  /** Among the jobs of the attempt. */
  position: number;
}

const first = 10_000_000_000;
const mostAttempts = 100;
const mostJobs = 10_000;

export function jobNumber({ runId, attempt, position }: JobPlace): number {
  return first + (runId * mostAttempts + Math.min(attempt, mostAttempts - 1)) * mostJobs + position;
}

/** @returns null if it is no number of a job */
export function jobPlace(number: number): JobPlace | null {
  const rest = number - first;
  if (rest < 0 || !Number.isSafeInteger(rest)) return null;
  const place = Math.floor(rest / mostJobs);
  return {
    runId: Math.floor(place / mostAttempts),
    attempt: place % mostAttempts,
    position: rest % mostJobs,
  };
}
