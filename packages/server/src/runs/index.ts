export type { DrivenRuns, DriveOptions, JobResult, RunResult } from './drive-options.ts';
export { driveRuns } from './drive-runs.ts';
export type { JobExecution, RunnerPort } from './runner-port.ts';
