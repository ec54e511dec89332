export { failedPlace, type KeptJob, type KeptPoint, listKeptJobs } from './kept-job.ts';
export { type KeptLimits, pruneKept } from './prune-kept.ts';
export type { ResumePoint } from './resume-job.ts';
