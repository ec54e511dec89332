import type { LegPlan, LegsOpening } from '../plan/job-opening.ts';
import type { Conclusion, Lineage } from './conclusion.ts';

/**
 * Where a run stands. Plain JSON: it may be written after every transition and taken up again by another process.
 * Immutable: a transition makes a new array and new nodes for what changed, and shares the rest.
 */
export interface RunState {
  /** The first node is the run's own scope; its jobs follow. What is opened later is appended: an index never moves. */
  nodes: RunNode[];
  /** What is known of the jobs in the plan's `foreign`, by position; null until they are concluded. */
  foreign: (JobFact | null)[];
}

/** Position in `RunState.nodes`. */
export type NodeIndex = number;

export type RunNode = ScopeNode | JobNode | LegNode;

export interface Cancellation {
  /** Also ends what `always()` would spare. */
  force: boolean;
  /** For people. */
  reason: string;
}

/** What dependents see of a concluded job. */
export interface JobFact {
  conclusion: Conclusion;
  outputs: Record<string, string>;
  lineage: Lineage;
}

/** The jobs of the workflow, or of one call of a reusable workflow. */
export interface ScopeNode {
  kind: 'scope';
  /** Position in the plan's `graphs`. */
  graph: number;
  /** The leg that calls; null for the run itself. */
  caller: NodeIndex | null;
  /** Its jobs are consecutive, in the graph's order. */
  firstJob: NodeIndex;
  /** null until it is cancelled. */
  cancelled: Cancellation | null;
  state: ScopeState;
}

export type ScopeState =
  /** The run waits for its concurrency group. */
  | { kind: 'pending' }
  | { kind: 'open'; remaining: number; conclusion: Conclusion }
  /** A call whose jobs are all concluded; its outputs are not evaluated yet. */
  | { kind: 'closing'; conclusion: Conclusion }
  | { kind: 'concluded'; conclusion: Conclusion };

export interface JobNode {
  kind: 'job';
  scope: NodeIndex;
  /** Position in the graph's `jobs`. */
  position: number;
  /** Unique in the run: the id, with the callers' keys in front: `deploy(1)/test`. */
  key: string;
  state: JobState;
}

export type JobState =
  /** `needs`: how many needed jobs are not concluded. */
  | { kind: 'waiting'; needs: number }
  /** Its needs are concluded: `if`, matrix and all that may depend on outputs can be evaluated now. */
  | { kind: 'opening' }
  | OpenJobState
  | { kind: 'concluded'; fact: JobFact; reason?: string };

export interface OpenJobState extends Pick<LegsOpening, 'failFast' | 'maxParallel' | 'survivesCancel'> {
  kind: 'open';
  /** Its legs are consecutive. */
  firstLeg: NodeIndex;
  legs: number;
  /** Legs that are not concluded. */
  remaining: number;
  /** Legs before this position have left the queue. */
  next: number;
  /** Legs that have left the queue and are not concluded; at most `maxParallel`. */
  underWay: number;
  /** Of the concluded legs. */
  conclusion: Conclusion;
  /** Of the concluded legs, in the order in which they concluded; empty outputs override nothing. */
  outputs: Record<string, string>;
}

export interface LegNode {
  kind: 'leg';
  job: NodeIndex;
  /** Position in the matrix. */
  position: number;
  /** Unique in the run, stable over restarts: `build`, `build(2)`, `deploy(1)/test`. */
  key: string;
  plan: LegPlan;
  state: LegState;
}

export type LegState =
  /** `max-parallel` legs of its job are under way. */
  | { kind: 'queued' }
  /** Waits for its concurrency groups. */
  | { kind: 'pending' }
  /** May start as soon as a runner is free. */
  | { kind: 'ready' }
  | { kind: 'running' }
  /** Was running when it was told to stop; the runner has yet to report. */
  | { kind: 'cancelling'; cancelled: Cancellation }
  /** A call: its jobs are in the scope. */
  | { kind: 'calling'; scope: NodeIndex }
  | ConcludedLegState;

export interface ConcludedLegState {
  kind: 'concluded';
  /** After `continue-on-error`. */
  conclusion: Conclusion;
  /** Before `continue-on-error`. */
  outcome: Conclusion;
  /** Why, where that does not follow from the steps. */
  reason?: string;
}
