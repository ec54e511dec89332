import type { RunPlan } from '@slipway/workflow/plan';
import type { NodeIndex, RunMachineEvent, RunState } from '@slipway/workflow/run';
import type { DriveOptions, RunResult } from './drive-options.ts';
import type { GroupBoard } from './group-board.ts';
import type { ReadyQueue } from './ready-queue.ts';
import type { RunReport } from './run-report.ts';
import type { JobExecution } from './runner-port.ts';

/** The controller's own state: of every run the machine's, and what is under way. */
export interface Drive {
  options: DriveOptions;
  runs: ActiveRun[];
  board: GroupBoard;
  /** Events that no transition has taken in yet. */
  inbox: ReadyQueue<{ run: ActiveRun; event: RunMachineEvent }>;
  /** Legs that may start as soon as fewer than `maxParallel` run. */
  ready: ReadyQueue<ReadyLeg>;
  /** Legs that wait to enter an environment. */
  held: Set<ReadyLeg>;
  /** Legs that became ready since people were last told who waits. */
  newlyReady: ReadyLeg[];
  /** Jobs under way, over all runs. */
  running: number;
  /** Takes in what is in the inbox; does nothing while it is at it. */
  drain(): void;
}

export interface ActiveRun {
  /** Position in the event's plan. */
  index: number;
  plan: RunPlan;
  state: RunState;
  report: RunReport;
  executions: Map<NodeIndex, JobExecution>;
  /** By position of a job in the run's own graph: where its fact is needed in sibling runs. */
  listeners: Map<number, { run: number; foreign: number }[]>;
  result?: RunResult;
}

export interface ReadyLeg {
  run: ActiveRun;
  leg: NodeIndex;
}

export function send(drive: Drive, run: ActiveRun, event: RunMachineEvent): void {
  drive.inbox.push({ run, event });
}
