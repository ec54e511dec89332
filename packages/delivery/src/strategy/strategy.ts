/**
 * How production moves from the old revision to the new one. Whatever the strategy, the new revision is first placed without
 * traffic and smoke-tested on test traffic, and the old one lives until the bake has ended.
 */
export type Strategy = RollingStrategy | BlueGreenStrategy | LinearStrategy | CanaryStrategy;

/** Instances are replaced in batches; where there is no traffic to weigh (a worker), all strategies do this. */
export interface RollingStrategy {
  kind: 'rolling';
  /** Share of the instances that one batch replaces, 1–100. */
  percent: number;
  /** Watched between batches. */
  everyMs: number;
  bakeMs: number;
}

/** All traffic at once. */
export interface BlueGreenStrategy {
  kind: 'blue-green';
  bakeMs: number;
}

/** Equal steps: `10% every 3m`. */
export interface LinearStrategy {
  kind: 'linear';
  percent: number;
  everyMs: number;
  bakeMs: number;
}

export interface CanaryStrategy {
  kind: 'canary';
  /** Weights rise; after the last one comes 100. */
  steps: CanaryStep[];
  bakeMs: number;
}

export interface CanaryStep {
  /** Percent of the traffic, above 0 and below 100. */
  weight: number;
  holdMs: number;
  /** A person must let the rollout go on after the hold. */
  promotion: boolean;
}
