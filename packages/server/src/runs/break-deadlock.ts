import { legAt } from '@slipway/workflow/run';
import { type ActiveRun, type Drive, send } from './drive.ts';

/**
 * Nothing runs and nothing may start, but something waits for a concurrency group: its holder must be waiting for it,
 * through needs or through another group. The last one that waits gives way.
 * @returns whether there was one; if not, the runs can't go on.
 */
export function breakDeadlock(drive: Drive): boolean {
  const run = drive.runs.findLast(({ state }) => waitingNode(state) >= 0);
  if (run === undefined) return false;
  const node = waitingNode(run.state);
  const reason = `it waits for the concurrency group ${groupsOf(run, node)}, which is held by what waits for it`;
  if (node === 0) send(drive, run, { kind: 'run.cancelled', force: false, reason });
  else send(drive, run, { kind: 'leg.cancelled', leg: node, force: false, reason });
  return true;
}

/** -1 if there is none. */
function waitingNode({ nodes }: ActiveRun['state']): number {
  return nodes.findLastIndex(({ state }) => state.kind === 'pending');
}

function groupsOf(run: ActiveRun, node: number): string {
  const groups = node === 0 ? run.plan.groups : legAt(run.state, node).plan.groups;
  return groups.map(({ group }) => `'${group}'`).join(', ');
}
