import type { RunPlan } from '@slipway/workflow/plan';
import { initialState, nextActions } from '@slipway/workflow/run';
import { breakDeadlock } from './break-deadlock.ts';
import { type ActiveRun, type Drive, send } from './drive.ts';
import type { DrivenRuns, DriveOptions, RunResult } from './drive-options.ts';
import {
  createGroupBoard,
  drivesOn,
  isIdle,
  joinBoard,
  leaveBoard,
  resumeHeldGroups,
} from './group-board.ts';
import { performAction } from './perform-action.ts';
import { createReadyQueue } from './ready-queue.ts';
import { createRunReport, reportChanges, reportQueued, resumeReport } from './run-report.ts';
import { adoptLegs, reportWaiting, startNextLeg } from './start-leg.ts';
import { relayFacts, takeEvent } from './take-event.ts';

/**
 * Drives the runs of one event to their end: takes what happens to the run machine, and does what it asks for.
 * Starts before it returns. All decisions are the machine's; given the states it wrote, it goes on where it stood.
 */
export function driveRuns(options: DriveOptions): DrivenRuns {
  const drive: Drive = {
    options,
    runs: options.plan.runs.map((plan, index) => activeRun(options, plan, index)),
    board: options.board ?? createGroupBoard(),
    inbox: createReadyQueue(),
    ready: createReadyQueue(),
    held: new Set(),
    newlyReady: [],
    running: 0,
    drain: () => {},
  };
  const finished = new Promise<RunResult[]>((resolve, reject) => {
    drive.drain = drainOf(drive, { resolve, reject });
  });
  const end = (force: boolean, reason: string, runId?: string): void => {
    const runs = drive.runs.filter(({ plan }) => runId === undefined || plan.runId === runId);
    for (const run of runs) send(drive, run, { kind: 'run.cancelled', force, reason });
    drive.drain();
  };
  const cancel: DrivenRuns['cancel'] = (reason, runId) => end(false, reason, runId);
  joinBoard(drive);
  begin(drive);
  drive.drain();
  return {
    finished: followSignal(options.signal, cancel, finished),
    cancel,
    kill: (reason, runId) => end(true, reason, runId),
  };
}

function activeRun(
  { plan: { runs }, states, emit, now }: DriveOptions,
  plan: RunPlan,
  index: number,
): ActiveRun {
  const listeners: ActiveRun['listeners'] = new Map();
  for (const [run, { foreign }] of runs.entries()) {
    for (const [position, need] of foreign.entries()) {
      if (need.kind !== 'sibling' || need.run !== index) continue;
      listeners.set(need.job, [...(listeners.get(need.job) ?? []), { run, foreign: position }]);
    }
  }
  return {
    index,
    plan,
    state: states?.[index] ?? initialState(plan),
    report: createRunReport({ run: plan, emit, now }),
    executions: new Map(),
    listeners,
  };
}

/** Every run is announced before the first job starts. What a crash left undone is found again here. */
function begin(drive: Drive): void {
  const { options, runs } = drive;
  for (const run of runs) {
    if (options.states) resumeReport(run.report, run.state);
    else reportQueued(run.report);
  }
  for (const run of runs) {
    if (options.states) resumeHeldGroups(drive.board, run);
    else {
      options.onStateChange?.(run.plan, run.state, [...run.state.nodes.keys()]);
      reportChanges(run.report, null, run.state, run.state.nodes.keys());
    }
    relayFacts(drive, run, run.state.nodes.keys());
    adoptLegs(drive, run);
    for (const action of nextActions(run.state)) performAction(drive, run, action);
  }
}

interface Outcome {
  resolve: (results: RunResult[]) => void;
  reject: (error: unknown) => void;
}

/** Takes in events and starts legs until there is nothing to do but wait, here and for those who share the groups. */
function drainOf(drive: Drive, { resolve, reject }: Outcome): () => void {
  let draining = false;
  return () => {
    if (draining) return;
    draining = true;
    try {
      do drainInbox(drive);
      while (isStuck(drive) && breakDeadlock(drive));
      reportWaiting(drive);
      if (isOver(drive) || isStuck(drive)) {
        leaveBoard(drive);
        resolve(drive.runs.map(resultOf));
      }
    } catch (error) {
      leaveBoard(drive);
      reject(error);
    } finally {
      draining = false;
    }
    for (const other of drivesOn(drive.board)) if (other.inbox.size > 0 || isStuck(other)) other.drain();
  };
}

function drainInbox(drive: Drive): void {
  for (;;) {
    const next = drive.inbox.shift();
    if (next) takeEvent(drive, next.run, next.event);
    else if (!startNextLeg(drive)) return;
  }
}

function isOver({ running, runs }: Drive): boolean {
  return running === 0 && runs.every(({ result }) => result !== undefined);
}

function isStuck({ runs, board }: Drive): boolean {
  return runs.some(({ result }) => result === undefined) && isIdle(board);
}

/** @throws if nothing runs and the run is not concluded: it never would be. */
function resultOf({ plan, result }: ActiveRun): RunResult {
  if (result) return result;
  throw new Error(
    `The run ${plan.runId} of ${plan.workflowPath} can't go on: nothing of it runs or may start.`,
  );
}

async function followSignal(
  signal: AbortSignal | undefined,
  cancel: DrivenRuns['cancel'],
  finished: Promise<RunResult[]>,
): Promise<RunResult[]> {
  const onAbort = (): void =>
    cancel(typeof signal?.reason === 'string' ? signal.reason : 'the run was cancelled');
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await finished;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}
