import type { RunPlan } from '../plan/run-plan.ts';
import type { JobNode, LegNode, NodeIndex, RunNode, RunState, ScopeNode } from './run-state.ts';

/** A state while one transition is applied to it: nodes are replaced, never written to. */
export interface Draft {
  plan: RunPlan;
  nodes: RunNode[];
  foreign: RunState['foreign'];
  changed: Set<NodeIndex>;
}

/** Copying the array costs a block move; a transition's other work is in proportion to what it changes. */
export function draftOf(plan: RunPlan, state: RunState): Draft {
  return { plan, nodes: state.nodes.slice(), foreign: state.foreign, changed: new Set() };
}

export function setScope(draft: Draft, index: NodeIndex, change: Partial<ScopeNode>): void {
  replace(draft, index, { ...scopeAt(draft, index), ...change });
}

export function setJob(draft: Draft, index: NodeIndex, state: JobNode['state']): void {
  replace(draft, index, { ...jobAt(draft, index), state });
}

export function setLeg(draft: Draft, index: NodeIndex, state: LegNode['state']): void {
  replace(draft, index, { ...legAt(draft, index), state });
}

export function append(draft: Draft, node: RunNode): NodeIndex {
  draft.nodes.push(node);
  const index = draft.nodes.length - 1;
  draft.changed.add(index);
  return index;
}

function replace(draft: Draft, index: NodeIndex, node: RunNode): void {
  draft.nodes[index] = node;
  draft.changed.add(index);
}

interface Nodes {
  nodes: RunNode[];
}

/** @throws if the node is of another kind: a caller's bug. */
export function scopeAt({ nodes }: Nodes, index: NodeIndex): ScopeNode {
  const node = nodes[index];
  if (node?.kind !== 'scope') throw new TypeError(`Node ${index} is no scope.`);
  return node;
}

/** @throws if the node is of another kind: a caller's bug. */
export function jobAt({ nodes }: Nodes, index: NodeIndex): JobNode {
  const node = nodes[index];
  if (node?.kind !== 'job') throw new TypeError(`Node ${index} is no job.`);
  return node;
}

/** @throws if the node is of another kind: a caller's bug. */
export function legAt({ nodes }: Nodes, index: NodeIndex): LegNode {
  const node = nodes[index];
  if (node?.kind !== 'leg') throw new TypeError(`Node ${index} is no leg.`);
  return node;
}
