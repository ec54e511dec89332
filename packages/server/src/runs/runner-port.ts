import type { JobEvent, JobFinished } from '@slipway/contracts';
import type { JobRequest } from '@slipway/workflow';

/** What executes jobs: the runner in this process, or one that is reached over the network. */
export interface RunnerPort {
  /** Starts at once; how many jobs run at a time is the controller's business. */
  start(request: JobRequest, onEvent: (event: JobEvent) => void): JobExecution;
}

export interface JobExecution {
  /** Never rejects for a job that fails; a rejection means that the runner itself failed. */
  finished: Promise<JobFinished>;
  /** Ends the job as GitHub does: its `always()` steps still run. */
  cancel(reason: string): void;
  /** Ends it at once. */
  kill(): void;
}
