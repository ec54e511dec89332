import type { GroupRequest } from '@slipway/workflow/plan';
import {
  type GroupChange,
  holderBefore,
  legAt,
  type NodeIndex,
  requestGroups,
  resumeGroups,
  scopeAt,
} from '@slipway/workflow/run';
import { type ActiveRun, type Drive, send } from './drive.ts';

/** The name of a run or of one of its legs as a member of concurrency groups. */
export function memberName({ index }: ActiveRun, leg?: NodeIndex): string {
  return leg === undefined ? String(index) : `${index}/${leg}`;
}

/** Asks for groups; returns who is in the way, for people, if they are not granted at once. */
export function enterGroups(
  drive: Drive,
  { member, groups }: { member: string; groups: GroupRequest[] },
): string | undefined {
  const change = requestGroups(drive.groups, member, groups);
  followGroups(drive, change);
  const holder = holderBefore(drive.groups, member);
  return holder === undefined ? undefined : describeMember(drive, holder);
}

/** Carries out what a change of the groups means for their members. */
export function followGroups(drive: Drive, { groups, effects }: GroupChange): void {
  drive.groups = groups;
  for (const effect of effects) {
    const { run, leg } = findMember(drive, effect.member);
    switch (effect.kind) {
      case 'granted':
        send(drive, run, leg === undefined ? { kind: 'run.admitted' } : { kind: 'leg.admitted', leg });
        break;
      case 'cancelled': {
        const { reason } = effect;
        if (leg === undefined) send(drive, run, { kind: 'run.cancelled', reason, force: false });
        else send(drive, run, { kind: 'leg.cancelled', leg, reason, force: false });
        break;
      }
      default:
        effect satisfies never;
    }
  }
}

/** After a restart: what the run and its legs held is theirs again. */
export function resumeMember(drive: Drive, run: ActiveRun): void {
  const { groups } = run.plan;
  const rootState = scopeAt(run.state, 0).state.kind;
  if (groups.length > 0 && rootState === 'open') {
    drive.groups = resumeGroups(drive.groups, memberName(run), groups);
  }
  for (const [leg, node] of run.state.nodes.entries()) {
    if (node.kind !== 'leg' || node.plan.groups.length === 0) continue;
    const holds = ['ready', 'running', 'cancelling', 'calling'].includes(node.state.kind);
    if (holds) drive.groups = resumeGroups(drive.groups, memberName(run, leg), node.plan.groups);
  }
}

function findMember(drive: Drive, member: string): { run: ActiveRun; leg: NodeIndex | undefined } {
  const [index, leg] = member.split('/');
  const run = drive.runs[Number(index)];
  if (!run) throw new TypeError(`There is no member ${member}.`);
  return { run, leg: leg === undefined ? undefined : Number(leg) };
}

function describeMember(drive: Drive, member: string): string {
  const { run, leg } = findMember(drive, member);
  return leg === undefined ? run.plan.workflowName : legAt(run.state, leg).plan.name;
}
