import type { Component, Environment, Protection } from '../config/delivery-config.ts';
import type { PolicyFinding } from '../policy/policy-finding.ts';
import type { GateProof } from '../policy/prove-gates.ts';
import type { Artifact, Digest } from '../release/digest.ts';
import type { RolloutPlan } from '../rollout/rollout-plan.ts';
import type { PendingMigration } from './migration.ts';

/** What a deployment would do, for a person to read and approve. Plain JSON, and all that the approval's hash covers. */
export interface DeploymentPlan {
  environment: string;
  target: string;
  release: { id: string; commit: string; ordinal: number; tag: string };
  requestedBy: string;
  requestedAtMs: number;
  /** In the order of their names. */
  components: ComponentChange[];
  migrations: PendingMigration[];
  strategy: string;
  /** The least time that it takes, without migrations and waiting. */
  leastDurationMs: number;
  rollout: RolloutPlan;
  placement: Placement;
  protection: Protection;
  /** Who has proven the gates of the environment; of a way back none: it passes them all. */
  proofs: GateProof[];
  /** What policy holds against it; with any of these it is refused. */
  findings: PolicyFinding[];
}

/** What the target is given: where, what, and how it is started and tried. */
export interface Placement {
  target: Environment['target'];
  /** Null: there is no smoke test. */
  smoke: string | null;
  /** By name: as the release's own `slipway.yml` describes them, with what they run. */
  components: Record<string, PlacedComponent>;
}

export interface PlacedComponent extends Omit<Component, 'name'> {
  artifact: Artifact;
}

export interface ComponentChange {
  name: string;
  kind: 'new' | 'changed' | 'unchanged' | 'removed';
  /** What runs; null if nothing does. */
  now: Digest | null;
  /** What would run; null if it goes away. */
  next: Digest | null;
}
