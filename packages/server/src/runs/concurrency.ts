import type { GroupRequest } from '@slipway/workflow/plan';
import { type GroupChange, holderBefore, legAt, type NodeIndex, requestGroups } from '@slipway/workflow/run';
import { type ActiveRun, type Drive, send } from './drive.ts';

/** The name of a run or of one of its legs as a member of concurrency groups. */
export function memberName({ plan }: Pick<ActiveRun, 'plan'>, leg?: NodeIndex): string {
  return leg === undefined ? plan.runId : `${plan.runId}/${leg}`;
}

/** Asks for groups; returns who is in the way, for people, if they are not granted at once. */
export function enterGroups(
  drive: Drive,
  { member, groups }: { member: string; groups: GroupRequest[] },
): string | undefined {
  const { board } = drive;
  followGroups(drive, requestGroups(board.groups, member, groups), splitName(member).runId);
  const holder = holderBefore(board.groups, member);
  return holder === undefined ? undefined : describeMember(drive, holder);
}

/**
 * Carries out what a change of the groups means for their members, whoever drives them.
 * @param by the run that asked for groups
 */
export function followGroups(
  { board }: Pick<Drive, 'board'>,
  { groups, effects }: GroupChange,
  by?: string,
): void {
  board.groups = groups;
  for (const effect of effects) {
    const { runId, leg } = splitName(effect.member);
    const found = board.runs.get(runId);
    if (found === undefined) {
      board.undelivered.push(effect);
      continue;
    }
    const { drive, run } = found;
    switch (effect.kind) {
      case 'granted':
        send(drive, run, leg === undefined ? { kind: 'run.admitted' } : { kind: 'leg.admitted', leg });
        break;
      case 'cancelled': {
        const { reason } = effect;
        if (leg === undefined) {
          drive.options.onSuperseded?.(run.plan, { reason, by });
          send(drive, run, { kind: 'run.cancelled', reason, force: false });
        } else send(drive, run, { kind: 'leg.cancelled', leg, reason, force: false });
        break;
      }
      default:
        effect satisfies never;
    }
  }
}

function splitName(member: string): { runId: string; leg: NodeIndex | undefined } {
  const slash = member.lastIndexOf('/');
  if (slash === -1) return { runId: member, leg: undefined };
  return { runId: member.slice(0, slash), leg: Number(member.slice(slash + 1)) };
}

/** A leg of a run that somebody else drives is known by that run too. */
function describeMember(drive: Drive, member: string): string {
  const { runId, leg } = splitName(member);
  const found = drive.board.runs.get(runId);
  if (found === undefined) return `run ${runId}`;
  const { plan, state } = found.run;
  const isOwn = found.drive === drive;
  const run = isOwn ? plan.workflowName : `${plan.workflowName} #${plan.runNumber}`;
  if (leg === undefined) return run;
  const { name } = legAt(state, leg).plan;
  return isOwn ? name : `${name} of ${run}`;
}
