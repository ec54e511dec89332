/**
 * How production moves from the old revision to the new one. Whatever the strategy, the new revision is first placed without
 * traffic and smoke-tested on test traffic, and the old one lives until the bake has ended.
 */
export type Strategy = RollingStrategy | BlueGreenStrategy | LinearStrategy | CanaryStrategy;

/**
 * Instances are replaced in batches: the new ones of a batch are healthy and have their share before as many old ones end. There are
 * never fewer than are wanted, and for the time of a batch as many more as it has. The other strategies keep two whole sets instead.
 */
export interface RollingStrategy {
  kind: 'rolling';
  batch: BatchSize;
  /** Watched between batches. */
  everyMs: number;
  bakeMs: number;
}

/** Of each component; a share of them is rounded up. */
export type BatchSize = { kind: 'instances'; count: number } | { kind: 'percent'; percent: number };

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
