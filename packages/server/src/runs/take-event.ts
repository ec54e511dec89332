import { actionsOf, jobAt, type NodeIndex, type RunMachineEvent, transition } from '@slipway/workflow/run';
import { type ActiveRun, type Drive, send } from './drive.ts';
import { performAction } from './perform-action.ts';
import { reportChanges } from './run-report.ts';

/** One transition of one run: written first, told to people, then acted upon. */
export function takeEvent(drive: Drive, run: ActiveRun, event: RunMachineEvent): void {
  const before = run.state;
  const { state, changed } = transition(run.plan, before, event);
  run.state = state;
  if (state !== before) drive.options.onStateChange?.(run.plan, state, changed);
  reportChanges(run.report, before, state, changed);
  relayFacts(drive, run, changed);
  for (const action of actionsOf(state, changed)) performAction(drive, run, action);
}

/** Tells sibling runs of jobs that they need. Telling it again is harmless. */
export function relayFacts(drive: Drive, run: ActiveRun, changed: Iterable<NodeIndex>): void {
  if (run.listeners.size === 0) return;
  for (const index of changed) {
    if (run.state.nodes[index]?.kind !== 'job') continue;
    const { scope, position, state } = jobAt(run.state, index);
    if (scope !== 0 || state.kind !== 'concluded') continue;
    for (const { run: listener, foreign } of run.listeners.get(position) ?? []) {
      const sibling = drive.runs[listener];
      if (sibling) send(drive, sibling, { kind: 'need.concluded', foreign, fact: state.fact });
    }
  }
}
