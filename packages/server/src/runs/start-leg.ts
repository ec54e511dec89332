import type { JobFinished } from '@slipway/contracts';
import { legAt, type NodeIndex, requestForLeg } from '@slipway/workflow/run';
import { type ActiveRun, type Drive, type ReadyLeg, send } from './drive.ts';
import { reportJobStarted, reportWaitingJob } from './run-report.ts';
import type { JobExecution } from './runner-port.ts';
import { takeEvent } from './take-event.ts';

/** Starts the leg that is ready for longest, if another one may run; returns whether there was something to do. */
export function startNextLeg(drive: Drive): boolean {
  if (drive.running >= drive.options.maxParallel) return false;
  const next = drive.ready.shift();
  if (next === undefined) return false;
  if (isReady(next)) startLeg(drive, next);
  return true;
}

/** Tells, once for each leg, that it waits for others to end. */
export function reportWaiting(drive: Drive): void {
  const { maxParallel } = drive.options;
  for (const waiting of drive.newlyReady) {
    if (!isReady(waiting)) continue;
    const { key } = legAt(waiting.run.state, waiting.leg);
    reportWaitingJob(waiting.run.report, key, `${maxParallel} jobs run at a time (max-parallel)`);
  }
  drive.newlyReady = [];
}

/** Jobs that ran when the state was written: taken over where that is possible, else lost. */
export function adoptLegs(drive: Drive, run: ActiveRun): void {
  for (const [leg, node] of run.state.nodes.entries()) {
    if (node.kind !== 'leg' || (node.state.kind !== 'running' && node.state.kind !== 'cancelling')) continue;
    const execution = drive.options.adopt?.(run.plan, node.key);
    if (execution) follow(drive, run, leg, execution);
    else send(drive, run, { kind: 'leg.lost', leg, reason: 'its runner was lost' });
  }
}

function follow(drive: Drive, run: ActiveRun, leg: NodeIndex, execution: JobExecution): void {
  run.executions.set(leg, execution);
  drive.running += 1;
  const settle = ({ conclusion, outputs, reason }: Omit<JobFinished, 'kind' | 'at'>): void => {
    run.executions.delete(leg);
    drive.running -= 1;
    send(drive, run, {
      kind: 'leg.finished',
      leg,
      conclusion,
      outputs,
      ...(reason !== undefined && { reason }),
    });
    drive.drain();
  };
  execution.finished.then(settle, (error: unknown) => settle(failure(error)));
}

function isReady({ run, leg }: ReadyLeg): boolean {
  return legAt(run.state, leg).state.kind === 'ready' && !run.executions.has(leg);
}

function startLeg(drive: Drive, { run, leg }: ReadyLeg): void {
  const { emit, now, runner, secrets } = drive.options;
  const { runId } = run.plan;
  try {
    const request = requestForLeg(run.plan, run.state, leg, secrets);
    const { jobKey } = request;
    reportJobStarted(run.report, jobKey);
    takeEvent(drive, run, { kind: 'leg.started', leg });
    const execution = runner.start(request, (event) => {
      emit({ kind: 'job.progress', runId, at: now(), jobKey, event });
    });
    follow(drive, run, leg, execution);
  } catch (error) {
    send(drive, run, { kind: 'leg.finished', leg, ...failure(error) });
  }
}

function failure(error: unknown): Pick<JobFinished, 'conclusion' | 'outputs'> & { reason: string } {
  const message = error instanceof Error ? error.message : String(error);
  return { conclusion: 'failure', outputs: {}, reason: message };
}
