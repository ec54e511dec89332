import type { NodeIndex, RunNode, RunState } from './run-state.ts';

/** What must be done next about one node. Asked again it is the same: doing it twice must be harmless. */
export type RunAction =
  /** Ask for the run's concurrency group; then `run.admitted`. */
  | { kind: 'admit-run' }
  /** Evaluate `if`, matrix, names, groups …; then `job.opened`. */
  | { kind: 'open-job'; job: NodeIndex }
  /** Ask for the leg's concurrency groups; then `leg.admitted`. */
  | { kind: 'admit-leg'; leg: NodeIndex }
  /** Find a runner; then `leg.started` or `leg.refused`. */
  | { kind: 'start-leg'; leg: NodeIndex }
  /** Tell the runner to end the leg; `leg.finished` follows. */
  | { kind: 'stop-leg'; leg: NodeIndex; force: boolean; reason: string }
  /** Evaluate the outputs of a called workflow; then `call.closed`. */
  | { kind: 'close-call'; scope: NodeIndex }
  /** Give back the concurrency groups that the leg holds or waits for. */
  | { kind: 'release-leg'; leg: NodeIndex }
  /** Everything is concluded: give back the run's group and tell the world. */
  | { kind: 'finish-run' };

/** Everything that the state asks for: for a start, and after a crash. */
export function nextActions(state: RunState): RunAction[] {
  return state.nodes.flatMap((node, index) => actionFor(node, index) ?? []);
}

/** The same for the nodes that a transition changed: work in proportion to the change. */
export function actionsOf(state: RunState, changed: NodeIndex[]): RunAction[] {
  return changed.flatMap((index) => {
    const node = state.nodes[index];
    return (node && actionFor(node, index)) ?? [];
  });
}

function actionFor(node: RunNode, index: NodeIndex): RunAction | undefined {
  switch (node.kind) {
    case 'scope':
      if (node.state.kind === 'pending') return { kind: 'admit-run' };
      if (node.state.kind === 'closing') return { kind: 'close-call', scope: index };
      return node.state.kind === 'concluded' && node.caller === null ? { kind: 'finish-run' } : undefined;
    case 'job':
      return node.state.kind === 'opening' ? { kind: 'open-job', job: index } : undefined;
    case 'leg':
      return actionForLeg(node, index);
    default:
      return node satisfies never;
  }
}

function actionForLeg(node: Extract<RunNode, { kind: 'leg' }>, leg: NodeIndex): RunAction | undefined {
  switch (node.state.kind) {
    case 'pending':
      return { kind: 'admit-leg', leg };
    case 'ready':
      return { kind: 'start-leg', leg };
    case 'cancelling':
      return { kind: 'stop-leg', leg, ...node.state.cancelled };
    case 'concluded':
      return node.plan.groups.length > 0 ? { kind: 'release-leg', leg } : undefined;
    case 'queued':
    case 'running':
    case 'calling':
      return undefined;
    default:
      return node.state satisfies never;
  }
}
