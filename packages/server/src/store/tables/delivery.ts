import type { Generated } from 'kysely';

export interface DeliveryTables {
  release: ReleaseTable;
  bundle: BundleTable;
  attestation: AttestationTable;
  attestation_key: AttestationKeyTable;
  deployment_plan: DeploymentPlanTable;
  deployment: DeploymentTable;
  rollout_event: RolloutEventTable;
  rollout_environment: RolloutEnvironmentTable;
  notification: NotificationTable;
}

/** One immutable build. Only evidence is added to it later. */
export interface ReleaseTable {
  id: Generated<number>;
  project: string;
  commit_sha: string;
  /** Number of commits up to it. */
  ordinal: number;
  ref: string;
  version: string;
  tag: string;
  /** Artifacts by component name, as JSON. */
  components: string;
  /** Components as the commit's `slipway.yml` describes them, as JSON. */
  described: string;
  /** JSON array. */
  evidence: string;
  created_by: string;
  /** The run whose job made it. */
  run_id: number | null;
  created_at: number;
  /** When its commit was made, for lead times. */
  committed_at: number;
}

/** Plans that were shown to somebody: what an approval can bind. */
export interface DeploymentPlanTable {
  id: Generated<number>;
  project: string;
  environment: string;
  release_id: number;
  /** The run whose job asked for it. */
  run_id: number | null;
  haste: Haste;
  /** DeploymentPlan as JSON. */
  plan: string;
  plan_hash: string;
  requested_by: string;
  created_at: number;
}

export type Haste = 'none' | 'urgent' | 'rollback';

/** A release going to an environment, with its rollout. */
export interface DeploymentTable {
  id: Generated<number>;
  project: string;
  environment: string;
  release_id: number;
  run_id: number | null;
  haste: Haste;
  /** DeploymentPlan as JSON. */
  plan: string;
  plan_hash: string;
  /** 1: only this plan may be carried out, since it was seen before. 0: it is made again when its turn comes. */
  pinned: number;
  requested_by: string;
  requested_at: number;
  /** RolloutState as JSON. */
  state: string;
  /** Its `kind`. */
  state_kind: string;
  /** Counts writes of the state. */
  version: number;
  /** Percent of the traffic that the target said the new revision has, at last. */
  weight: number | null;
  /** Why it does not go on yet, for people. */
  waiting: string | null;
  /** When its gates were passed. */
  started_at: number | null;
  finished_at: number | null;
}

/** What happened to a rollout, in order; nothing is ever changed here. */
export interface RolloutEventTable {
  id: Generated<number>;
  deployment_id: number;
  at: number;
  /** DeploymentEvent as JSON. */
  event: string;
}

/** An environment as the rollout controller knows it. */
export interface RolloutEnvironmentTable {
  project: string;
  name: string;
  /** The server that drives its rollouts, as long as its lease lasts. */
  driver: string | null;
  driver_fence: number;
  lease_ends_at: number | null;
  /** Why it takes no deployment, until a person clears it. */
  frozen: string | null;
  frozen_at: number | null;
  /** Drift as JSON: what runs and is not what was deployed. */
  drift: string | null;
  /** When the target was last asked what runs. */
  observed_at: number | null;
}

/** What a process target runs: files in a blob, named by the digest of that. */
export interface BundleTable {
  project: string;
  digest: string;
  size: number;
  created_at: number;
  /** When it came, was released or was asked for by a deployment last: its age counts from then. */
  used_at: number;
}

/** What the server has signed about a component of a release. */
export interface AttestationTable {
  id: Generated<number>;
  project: string;
  release_id: number;
  component: string;
  digest: string;
  /** A Sigstore bundle as JSON: a DSSE envelope, and which key verifies it. */
  bundle: string;
  created_at: number;
}

/** Keys that sign attestations. They are published for ever: what they have signed stays good. */
export interface AttestationKeyTable {
  kid: string;
  /** JWK as JSON. */
  public_key: string;
  /** JWK, encrypted with the server's key: a compact JWE. */
  private_key: string;
  created_at: number;
}

/** Something that people are to be told, until it is delivered. */
export interface NotificationTable {
  id: Generated<number>;
  project: string;
  environment: string;
  /** What is told of one deployment is one thread. */
  deployment_id: number | null;
  /** Channel as JSON; null: who is to be told is looked up first, and a row made for each. */
  channel: string | null;
  /** Notice as JSON. */
  notice: string;
  created_at: number;
  /** In a row. */
  failures: number;
  problem: string | null;
  /** When to deliver; null: it is delivered, or given up. */
  next_at: number | null;
  delivered_at: number | null;
  /** Slack's `ts`. */
  external_id: string | null;
}
