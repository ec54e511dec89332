import type { RunPlan } from '@slipway/workflow/plan';
import {
  type ConcurrencyGroups,
  type GroupEffect,
  noGroups,
  type RunState,
  resumeGroups,
  scopeAt,
} from '@slipway/workflow/run';
import { followGroups, memberName } from './concurrency.ts';
import type { ActiveRun, Drive } from './drive.ts';
import { someoneIsHeld } from './environment-gate.ts';

/** The concurrency groups of one repository, shared by all events' runs that are driven at a time. */
export interface GroupBoard {
  groups: ConcurrencyGroups;
  /** Who drives a run, by its id. */
  runs: Map<string, { drive: Drive; run: ActiveRun }>;
  /** What members are to be told whose runs nobody drives yet. */
  undelivered: GroupEffect[];
}

export function createGroupBoard(): GroupBoard {
  return { groups: noGroups, runs: new Map(), undelivered: [] };
}

/**
 * After a restart: what the run and its legs held is theirs again. For all runs of the repository, before the first of them is driven:
 * else one that waits would get what another holds.
 */
export function resumeHeldGroups(
  board: GroupBoard,
  { plan, state }: { plan: RunPlan; state: RunState },
): void {
  const hold = (member: string, groups: RunPlan['groups']): void => {
    if (groups.length > 0) board.groups = resumeGroups(board.groups, member, groups);
  };
  if (scopeAt(state, 0).state.kind === 'open') hold(memberName({ plan }), plan.groups);
  for (const [leg, node] of state.nodes.entries()) {
    if (node.kind !== 'leg') continue;
    const holds = ['ready', 'running', 'cancelling', 'calling'].includes(node.state.kind);
    if (holds) hold(memberName({ plan }, leg), node.plan.groups);
  }
}

export function joinBoard(drive: Drive): void {
  const { board, runs } = drive;
  for (const run of runs) board.runs.set(run.plan.runId, { drive, run });
  const effects = board.undelivered.splice(0);
  followGroups(drive, { groups: board.groups, effects });
}

export function leaveBoard({ board, runs }: Drive): void {
  for (const { plan } of runs) board.runs.delete(plan.runId);
}

/** Everyone on the board, once. */
export function drivesOn(board: GroupBoard): Set<Drive> {
  return new Set([...board.runs.values()].map(({ drive }) => drive));
}

/** Nothing runs, nothing is to be taken in and nothing waits for a person, of whoever shares the groups: who waits waits for ever. */
export function isIdle(board: GroupBoard): boolean {
  for (const drive of drivesOn(board)) {
    if (drive.running > 0 || drive.inbox.size > 0 || someoneIsHeld(drive)) return false;
  }
  return true;
}
