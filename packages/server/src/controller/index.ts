/**
 * What drives runs on a server. `acceptEvent` takes an event in; `startController` drives what it starts, on whichever server has the
 * project's lease; `stopRun` and `rerunRun` write what somebody wants; the reading side is the tables `run`, `run_attempt`, `run_job`,
 * `run_event` and the jobs' streams.
 */
export { type Acceptance, type AcceptedRun, acceptEvent } from './accept-event.ts';
export type { FinishedRun } from './driving.ts';
export { equipRequest } from './equip-request.ts';
export type { RerunWish } from './keys-to-rerun.ts';
export { createNotices, type Notices, type NoticeTopic } from './notices.ts';
export type { IncomingEvent } from './plan-incoming-event.ts';
export { shareNotices } from './postgres-notices.ts';
export { createProject, defaultRetentionDays, type NewProject } from './projects.ts';
export { type RunWish, rerunRun } from './rerun-run.ts';
export { type Controller, type ControllerOptions, startController } from './start-controller.ts';
export { type Asking, stopRun } from './stop-run.ts';
export { type WaitingJob, whyWaiting } from './why-waiting.ts';
