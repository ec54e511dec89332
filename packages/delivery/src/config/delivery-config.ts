import type { AnalysisRules } from '../analysis/analysis-rules.ts';
import type { Channel } from '../notifications/channel.ts';
import type { Severity } from '../release/evidence.ts';
import type { Strategy } from '../strategy/strategy.ts';
import type { ClosedWindow, FreezePolicy } from '../windows/window.ts';

/** `slipway.yml` as typed data: everything checked, names resolved, defaults filled in. Plain JSON. */
export interface DeliveryConfig {
  components: Record<string, Component>;
  environments: Record<string, Environment>;
  notifications: Channel[];
}

/** A part of the product that is built, named and started on its own. */
export interface Component {
  name: string;
  /** A service answers requests, a worker doesn't, a migration runs once before the others start. */
  role: 'service' | 'worker' | 'migration';
  /** What the target needs to know to run it, as it stands in the file; `instances` is read by plans too. */
  options: Options;
}

export type Options = Record<string, string | number | boolean>;

/** A named place that releases are deployed to, with its rules. */
export interface Environment {
  name: string;
  target: { kind: 'process' | 'docker' | 'ecs'; options: Options };
  protection: Protection;
  /** The environment that must have completed the same digests before; null if none must. */
  requires: string | null;
  windows: ClosedWindow[];
  onFreeze: FreezePolicy;
  /** By component, in the place of what the component says itself. */
  instances: Record<string, number>;
  strategy: Strategy;
  /** Null: holds only wait. */
  analysis: AnalysisRules | null;
  gates: EvidenceGates;
  /** What the smoke test runs; null if there is none. */
  smoke: string | null;
  limits: RolloutLimits;
}

/** Who and what may deploy. Mirrors the protection rules of GitHub's environments. */
export interface Protection {
  /** One of them has to approve; none: no approval is needed. */
  reviewers: string[];
  preventSelfReview: boolean;
  /** From the request to the earliest start. */
  waitMs: number;
  /** Patterns; with tags, an empty list of both admits every ref. `*` matches all but `/`, `**` all. */
  branches: string[];
  tags: string[];
  /** How long an approval holds. */
  approvalLifeMs: number;
}

/** Evidence that a release must bring. */
export interface EvidenceGates {
  /** Names of test evidence that must be a success. */
  tests: string[];
  /** The least severity that is refused in a scan of any component; null: no scan is needed. */
  scan: Severity | null;
  sbom: boolean;
  provenance: boolean;
  /** Whose word counts: that of jobs, known by their tokens, or also what a person has sent. */
  statedBy: 'jobs' | 'anyone';
}

export interface RolloutLimits {
  /** How long any one step may take before the rollout is taken back. */
  progressDeadlineMs: number;
  migrationTimeoutMs: number;
}
