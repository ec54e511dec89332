import type { Verdict } from '../analysis/assess-analysis.ts';
import type { MetricRecord } from '../analysis/measurement.ts';
import type { Act } from './act.ts';

/** Where a rollout stands. Plain JSON: what is written to the store is this and nothing else. */
export type RolloutState =
  | { kind: 'queued' }
  | { kind: 'gated' }
  | ActingState
  | HoldingState
  | PausedState
  | StoppingState
  | RevertingState
  | StrandedState
  | EndedState;

/** At a step that does something. */
export interface ActingState {
  kind: 'acting';
  /** Index into the plan's steps. */
  step: number;
  act: Act;
}

/** At a `hold` or `promotion` step: the share stays and is watched. Each hold judges its own measurements only. */
export interface HoldingState {
  kind: 'holding';
  step: number;
  sinceMs: number;
  /** Null: until a person promotes. */
  untilMs: number | null;
  records: MetricRecord[];
}

/** Nothing new begins; what has begun is still attended to. */
export interface PausedState {
  kind: 'paused';
  resume: ActingState | HoldingState;
  sinceMs: number;
  by: string;
  reason: string;
}

/** A migration is being ended; no service has been touched. */
export interface StoppingState {
  kind: 'stopping';
  act: Act;
  cause: Cause;
}

/**
 * Back to the old revision: weight 0, verified, then the new revision is removed. Where old instances have been ended they are brought
 * back first, so that the others aren't left with all of the traffic; if that can't be it doesn't keep the weight, but the removal.
 */
export interface RevertingState {
  kind: 'reverting';
  stage: 'restore' | 'unshift' | 'settle' | 'verify' | 'refill' | 'remove';
  act: Act;
  /** What was under way when the way back began; it is waited for, so that it can't shift traffic afterwards. */
  stray: Act | null;
  /** Instances of the old revision have been ended, or it was begun. */
  hasScaled: boolean;
  cause: Cause;
  /** Of the whole way back. */
  failures: number;
}

/** What must be done fails again and again. It is still tried; people are called, and the environment takes no deployment. */
export interface StrandedState {
  kind: 'stranded';
  work: RevertingState | StoppingState | ActingState;
  alarm: 'due' | 'raised';
  reason: string;
}

export type EndedState =
  | { kind: 'completed'; atMs: number }
  /** The old revision serves all; the new one is gone. */
  | { kind: 'rolled-back'; atMs: number; cause: Cause }
  /** Migrations failed or were stopped; services untouched. */
  | { kind: 'blocked'; atMs: number; cause: Cause }
  /** Not started: nothing was changed. */
  | { kind: 'refused'; atMs: number; cause: Cause }
  /** Called off before the new revision was placed; migrations may have run. */
  | { kind: 'cancelled'; atMs: number; cause: Cause };

/** Why a rollout didn't complete. Kept to the end and shown. */
export interface Cause {
  kind:
    | 'gates'
    | 'aborted'
    | 'superseded'
    | 'unknown-artifact'
    | 'migration-failed'
    | 'unhealthy'
    | 'smoke-failed'
    | 'shift-failed'
    | 'weight-not-applied'
    | 'deadline'
    | 'analysis-failed'
    | 'analysis-inconclusive'
    | 'freeze';
  reason: string;
  /** Who, if it was a person. */
  by?: string;
  /** The evidence of an analysis. */
  verdict?: Verdict;
}

export function isEnded(state: RolloutState): state is EndedState {
  return ['completed', 'rolled-back', 'blocked', 'refused', 'cancelled'].includes(state.kind);
}
