import type { JobEvent, JobFinished } from '@slipway/contracts';
import type { JobRequest } from '@slipway/workflow';
import { runJob } from './run-job.ts';
import type { RunnerOptions } from './runner-options.ts';

export interface Runner {
  /**
   * Starts a job at once. `onEvent` gets its events in order, the last is `job.finished`; where it returns a promise,
   * output is not read on before that resolves.
   */
  start(request: JobRequest, onEvent: (event: JobEvent) => void | Promise<void>): JobExecution;
}

/** A job that was started. */
export interface JobExecution {
  /** Never rejects. */
  readonly finished: Promise<JobFinished>;
  /** Tells running steps to end, unless their `if` still holds; steps with `always()` still run. The first reason counts. */
  cancel(reason: string): void;
  /** Ends every process at once; no further step runs. */
  kill(): void;
}

/** Executes jobs on this machine; as many at once as are started. */
export function createRunner(options: RunnerOptions): Runner {
  let jobs = 0;
  const { resume } = options;
  const numberOf = ({ jobKey }: JobRequest): number => {
    if (jobKey === resume?.job.jobKey) return resume.job.number;
    jobs += jobs + 1 === resume?.job.number ? 2 : 1;
    return jobs;
  };
  return {
    start(request, onEvent) {
      const cancelled = new AbortController();
      const killed = new AbortController();
      const controls = {
        cancel: (reason: string) => cancelled.abort(reason),
        kill() {
          cancelled.abort('killed');
          killed.abort();
        },
      };
      const run = {
        request,
        options,
        number: numberOf(request),
        emit: onEvent,
        cancelled: cancelled.signal,
        killed: killed.signal,
      };
      return { finished: runJob(run, controls), ...controls };
    },
  };
}
