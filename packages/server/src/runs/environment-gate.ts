import type { RunPlan } from '@slipway/workflow/plan';
import { legAt, type NodeIndex } from '@slipway/workflow/run';
import { type ActiveRun, type Drive, type ReadyLeg, send } from './drive.ts';
import { reportWaitingJob } from './run-report.ts';

/** Lets jobs into the environments that they name, once the rules of those allow it. */
export interface EnvironmentGate {
  /** A job is ready but for its environment. Each is announced once in a process, and again after a restart; the answer may take days. */
  enter(entrant: Entrant): void;
}

/** A job that waits to enter an environment. Of `admit` and `refuse` the first counts. */
export interface Entrant {
  run: RunPlan;
  jobKey: string;
  /** As the job names it. */
  environment: string;
  /** False: `environment.deployment` is. */
  isDeployment: boolean;
  /** False: it was let in or refused, or does not wait any more since it was cancelled. */
  readonly isWaiting: boolean;
  /** Tells people why it waits. */
  wait(reason: string): void;
  admit(): void;
  /** The job fails. */
  refuse(reason: string): void;
}

/** @returns whether the leg is held until the gate says more */
export function holdAtGate(drive: Drive, run: ActiveRun, leg: NodeIndex): boolean {
  const { gate } = drive.options;
  const { key, plan } = legAt(run.state, leg);
  const { work } = plan;
  if (gate === undefined || work.kind !== 'job' || work.environment === undefined) return false;
  const held: ReadyLeg = { run, leg };
  drive.held.add(held);
  gate.enter({
    run: run.plan,
    jobKey: key,
    environment: work.environment,
    isDeployment: work.deployment !== false,
    get isWaiting() {
      return isHeld(drive, held);
    },
    wait: (reason) => reportWaitingJob(run.report, key, reason),
    admit() {
      if (!letGo(drive, held)) return;
      drive.ready.push(held);
      drive.drain();
    },
    refuse(reason) {
      if (!letGo(drive, held)) return;
      send(drive, run, { kind: 'leg.finished', leg, conclusion: 'failure', outputs: {}, reason });
      drive.drain();
    },
  });
  return true;
}

/** Whether somebody waits at the gate: a run that waits for a person is not stuck. */
export function someoneIsHeld(drive: Drive): boolean {
  for (const held of drive.held) {
    if (isHeld(drive, held)) return true;
    drive.held.delete(held);
  }
  return false;
}

function isHeld(drive: Drive, held: ReadyLeg): boolean {
  return drive.held.has(held) && legAt(held.run.state, held.leg).state.kind === 'ready';
}

function letGo(drive: Drive, held: ReadyLeg): boolean {
  const was = isHeld(drive, held);
  drive.held.delete(held);
  return was;
}
