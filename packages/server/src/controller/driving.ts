import type { Conclusion } from '@slipway/contracts';
import type { RunPlan } from '@slipway/workflow/plan';
import type { DrivenRuns, GroupBoard } from '../runs/index.ts';
import type { Store } from '../store/open-store.ts';
import type { AssessEntries, ProjectGate } from './environment-gate.ts';
import type { Journal } from './journal.ts';
import type { LoadedAttempt, LoadedPlan } from './load-plans.ts';
import type { Notices } from './notices.ts';
import type { ProjectLease } from './project-lease.ts';
import type { QueueRunner } from './queue-runner.ts';

export interface DriveProjectOptions {
  store: Store;
  lease: ProjectLease;
  leaseMs: number;
  now: () => number;
  notices: Notices;
  /** Holds jobs that name an environment until it lets them in; default: all may enter. */
  assessEntries?: AssessEntries;
  /**
   * What follows a finished run, e.g. the event `workflow_run` and reports to GitHub. Called again until it resolves, also after a crash: it
   * must be safe to repeat.
   */
  onRunFinished?: (finished: FinishedRun) => Promise<void>;
  /** What follows a run that was made, or has begun to run: the same holds for it, and all of it comes before what follows the end. */
  onRunBegun?: (begun: BegunRun) => Promise<void>;
  onLeaseLost: () => void;
  onTrouble: (error: unknown) => void;
}

export interface BegunRun {
  project: string;
  eventId: number;
  run: RunPlan;
  action: 'requested' | 'in_progress';
}

export interface FinishedRun {
  project: string;
  eventId: number;
  run: RunPlan;
  conclusion: Conclusion;
}

/** What a server has in hand while it drives a project. */
export interface Driving extends DriveProjectOptions {
  journal: Journal;
  board: GroupBoard;
  gate: ProjectGate | undefined;
  runner: QueueRunner;
  plans: Map<number, { runs: DrivenRuns | undefined; loaded: LoadedPlan }>;
  attempts: Map<string, LoadedAttempt>;
  queued: Map<string, number>;
  /** Cancellations that the machine has heard of: how, by `attemptKey`. An attempt is remembered until all that follows it is done. */
  cancelled: Map<string, string>;
  isClosed: boolean;
}

export function attemptKey(runId: string | number, attempt: number): string {
  return `${runId} ${attempt}`;
}
