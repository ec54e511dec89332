import { evaluateNumber } from '@slipway/workflow/expressions';
import { jobScope } from './job-contexts.ts';
import type { JobState } from './job-state.ts';

/** GitHub's defaults. */
const defaultTimeoutMinutes = 360;
const defaultCancelTimeoutMinutes = 5;
/** setTimeout's longest. */
const longestDelayMs = 2 ** 31 - 1;

export interface TimeLimits {
  /** Why the job was told to end, if its time was up. */
  readonly exceeded: string | undefined;
  stop(): void;
}

/**
 * Tells the job to end when its time is up, and ends it by force when it takes too long to end, whoever told it to.
 */
export function limitTime(
  job: JobState,
  { cancel, kill }: { cancel: (reason: string) => void; kill: () => void },
): TimeLimits {
  let exceeded: string | undefined;
  const minutes = job.request.timeoutMinutes ?? defaultTimeoutMinutes;
  const endLimit = job.pauses.after(minutes * 60_000, () => {
    if (job.cancelled.aborted) return;
    exceeded = `The job has exceeded the maximum execution time of ${minutes} minutes.`;
    cancel(exceeded);
  });
  let force: NodeJS.Timeout | undefined;
  const onCancel = () => {
    force = after(cancelTimeoutOf(job), kill);
  };
  if (job.cancelled.aborted) onCancel();
  else job.cancelled.addEventListener('abort', onCancel, { once: true });
  return {
    get exceeded() {
      return exceeded;
    },
    stop() {
      endLimit();
      clearTimeout(force);
      job.cancelled.removeEventListener('abort', onCancel);
    },
  };
}

function after(minutes: number, act: () => void): NodeJS.Timeout {
  return setTimeout(act, Math.min(minutes * 60_000, longestDelayMs));
}

function cancelTimeoutOf(job: JobState): number {
  const { cancelTimeoutMinutes } = job.request.job;
  if (cancelTimeoutMinutes === undefined) return defaultCancelTimeoutMinutes;
  try {
    return evaluateNumber(cancelTimeoutMinutes, jobScope(job));
  } catch {
    return defaultCancelTimeoutMinutes;
  }
}
