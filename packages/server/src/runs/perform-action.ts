import { evaluateCallOutputs, openJob } from '@slipway/workflow/plan';
import {
  jobAt,
  jobsContext,
  leaveGroups,
  legAt,
  type NodeIndex,
  type RunAction,
  scopeAt,
  scopeContexts,
  situationOf,
} from '@slipway/workflow/run';
import { enterGroups, followGroups, memberName } from './concurrency.ts';
import { type ActiveRun, type Drive, send } from './drive.ts';
import { holdAtGate } from './environment-gate.ts';
import { reportFinished, reportWaitingJob } from './run-report.ts';

/** Carries out what the machine asks for; what comes of it goes back to the machine as an event. */
export function performAction(drive: Drive, run: ActiveRun, action: RunAction): void {
  switch (action.kind) {
    case 'admit-run':
      enterGroups(drive, { member: memberName(run), groups: run.plan.groups });
      break;
    case 'open-job': {
      const { key } = jobAt(run.state, action.job);
      const opening =
        drive.options.recalled?.openings.get(key) ?? openJob(situationOf(run.plan, run.state, action.job));
      send(drive, run, { kind: 'job.opened', job: action.job, opening });
      break;
    }
    case 'admit-leg':
      admitLeg(drive, run, action.leg);
      break;
    case 'start-leg':
      queueLeg(drive, run, action.leg);
      break;
    case 'stop-leg': {
      const execution = run.executions.get(action.leg);
      if (action.force) execution?.kill();
      else execution?.cancel(action.reason);
      break;
    }
    case 'close-call':
      closeCall(drive, run, action.scope);
      break;
    case 'release-leg':
      followGroups(drive, leaveGroups(drive.board.groups, memberName(run, action.leg)));
      break;
    case 'finish-run':
      finishRun(drive, run);
      break;
    default:
      action satisfies never;
  }
}

function admitLeg(drive: Drive, run: ActiveRun, leg: NodeIndex): void {
  const { key, plan } = legAt(run.state, leg);
  if (drive.options.recalled?.results.has(key)) {
    send(drive, run, { kind: 'leg.admitted', leg });
    return;
  }
  const member = memberName(run, leg);
  const holder = enterGroups(drive, { member, groups: plan.groups });
  if (holder === undefined) return;
  const names = plan.groups.map(({ group }) => `'${group}'`).join(', ');
  reportWaitingJob(run.report, key, `the concurrency group ${names} is held by ${holder}`);
}

/** A leg that nobody serves is found out at once: it takes no place in the queue. */
function queueLeg(drive: Drive, run: ActiveRun, leg: NodeIndex): void {
  const { key, plan } = legAt(run.state, leg);
  const { work } = plan;
  if (work.kind !== 'job') return;
  const recalled = drive.options.recalled?.results.get(key);
  if (recalled !== undefined) {
    send(drive, run, { kind: 'leg.finished', leg, ...recalled });
    return;
  }
  const reason = drive.options.unserved?.(work.labels, work.runnerGroup);
  if (reason !== undefined) {
    send(drive, run, { kind: 'leg.refused', leg, reason });
    return;
  }
  if (holdAtGate(drive, run, leg)) return;
  drive.ready.push({ run, leg });
  drive.newlyReady.push({ run, leg });
}

function closeCall(drive: Drive, run: ActiveRun, scope: NodeIndex): void {
  const graph = run.plan.graphs[scopeAt(run.state, scope).graph];
  if (!graph) return;
  const jobs = jobsContext(run.plan, run.state, scope);
  const contexts = { ...scopeContexts(run.plan, run.state, scope), jobs };
  send(drive, run, { kind: 'call.closed', scope, ...evaluateCallOutputs(graph, { contexts }) });
}

function finishRun(drive: Drive, run: ActiveRun): void {
  const { state } = scopeAt(run.state, 0);
  if (run.result || state.kind !== 'concluded') return;
  followGroups(drive, leaveGroups(drive.board.groups, memberName(run)));
  run.result = reportFinished(run.report, state.conclusion);
  drive.options.onRunFinished?.(run.plan, run.result);
}
