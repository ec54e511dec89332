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
  returnJob,
  stopJob,
} from './job-queue.ts';
