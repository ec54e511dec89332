export { endLostJobs } from './end-lost-jobs.ts';
export {
  type Claim,
  claimJob,
  type EnqueuedJob,
  enqueueJob,
  FencedError,
  finishedJobs,
  finishJob,
  renewLease,
  returnJob,
  stopJob,
} from './job-queue.ts';
