import type {
  AttestationsAnswer,
  DeploymentAnswer,
  DeploymentDetail,
  DeploymentEventAnswer,
  DoraAnswer,
  EvidenceBody,
  NewDeploymentBody,
  NewReleaseBody,
  PlanRequestBody,
  ReleaseAnswer,
  RollbackAnswer,
  RollbackBody,
  RolloutEnvironmentAnswer,
} from '@slipway/contracts/api/delivery';
import type { DeploymentPlan } from '@slipway/delivery';
import type { VerificationKey } from './verify-release.ts';

/** Where releases and deployments are asked for: a server, or this process for the repository that it is in. */
export interface DeliveryDesk {
  /** Whether rollouts are driven by this process: then somebody must wait for them. */
  readonly isLocal: boolean;
  readonly project: string;
  /** Keeps a bundle, unless it is kept already. @returns whether it was sent */
  keepBundle(digest: string, file: string): Promise<boolean>;
  createRelease(release: NewReleaseBody): Promise<ReleaseAnswer>;
  addEvidence(release: string, evidence: EvidenceBody[]): Promise<ReleaseAnswer>;
  releases(limit: number): Promise<ReleaseAnswer[]>;
  release(reference: string): Promise<ReleaseAnswer>;
  /** What the server has signed about a release; of one without a server nothing. */
  attestations(reference: string): Promise<AttestationsAnswer>;
  attestationKeys(): Promise<VerificationKey[]>;
  plan(request: PlanRequestBody): Promise<{ plan: DeploymentPlan; planHash: string }>;
  deploy(request: NewDeploymentBody): Promise<DeploymentAnswer>;
  rollback(request: RollbackBody): Promise<RollbackAnswer>;
  deployments(filter: { environment: string | undefined; limit: number }): Promise<DeploymentAnswer[]>;
  deployment(id: number): Promise<DeploymentDetail>;
  /** All that happened so far. */
  history(id: number): Promise<DeploymentEventAnswer[]>;
  /** All that happened and happens, until the deployment has ended; then gives it. Each event comes once, though a server restarts meanwhile. */
  follow(id: number): AsyncGenerator<DeploymentEventAnswer, DeploymentAnswer>;
  say(id: number, word: DeploymentWord, reason: string | undefined): Promise<DeploymentAnswer>;
  environments(): Promise<RolloutEnvironmentAnswer[]>;
  unfreeze(environment: string, reason: string): Promise<RolloutEnvironmentAnswer>;
  dora(environment: string, days: number): Promise<DoraAnswer>;
  close(): Promise<void>;
}

export type DeploymentWord = 'pause' | 'resume' | 'promote' | 'abort';
