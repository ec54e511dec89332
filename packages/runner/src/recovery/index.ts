export { closeJobDirectory, type JobDirectory, openJobDirectory } from './job-directory.ts';
export { attemptPathOf, type ReopenOptions, reopenRunDirectory } from './reopen-run.ts';
export {
  closeRunDirectory,
  keptDirectoryOf,
  openRunDirectory,
  type RunDirectory,
  type RunDirectoryOptions,
  type RunRecord,
} from './run-directory.ts';
export { RunDirectoryError } from './run-directory-error.ts';
export { type InterruptedRun, type SweepOptions, sweepInterrupted } from './sweep.ts';
