export {
  type Claim,
  claimJob,
  type EnqueuedJob,
  endLostJobs,
  enqueueJob,
  FencedError,
  finishedJobs,
  finishJob,
  renewLease,
  stopJob,
} from './job-queue.ts';
