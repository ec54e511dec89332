export type { DrivenRuns, DriveOptions, JobResult, RunResult } from './drive-options.ts';
export { driveRuns } from './drive-runs.ts';
export type { Entrant, EnvironmentGate } from './environment-gate.ts';
export { createGroupBoard, type GroupBoard, resumeHeldGroups } from './group-board.ts';
export { type RecalledJobs, recallJobs } from './recalled-jobs.ts';
export type { JobExecution, RunnerPort } from './runner-port.ts';
