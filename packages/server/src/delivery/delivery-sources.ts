import type { Approval, Environment } from '@slipway/delivery';
import type { MetricProvider, Target } from '@slipway/targets';
import type { Attestor } from '../attestations/attest-release.ts';
import type { Notices } from '../controller/notices.ts';
import type { Store } from '../store/open-store.ts';
import type { Haste } from '../store/tables/delivery.ts';
import type { DeploymentRow } from './deployments.ts';

/** What releases and deployments are made from: on a server, or in one process for one repository. */
export interface DeliverySources {
  store: Store;
  notices: Notices;
  now: () => number;
  /** Where people reach the server; absent: this is one process for one repository, and nobody does. */
  publicUrl?: string;
  /** Signs what the server knows of releases; absent: nobody does. */
  attestor?: Attestor;
  /** @throws SlipwayError `unknown-project` */
  repositoryOf(project: string): Promise<Repository>;
  /**
   * An environment with the rules that are in force: those of the default branch, since a branch can't loosen them for itself. Where a
   * `slipway.yml` with mistakes has a predecessor without, that is good enough to go back.
   * @throws SlipwayError `unknown-environment`, `invalid-delivery-config`
   */
  environmentOf(project: string, name: string, haste: Haste): Promise<Environment>;
  /** Variables and secrets of an environment, as everything that runs there gets them. */
  variablesOf(project: string, environment: string): Promise<Record<string, string>>;
  /** Values among them that nobody may be told. */
  secretsOf(project: string, environment: string): Promise<string[]>;
  approvals: DeploymentApprovals;
  targets: Targets;
}

/** Where git finds the commits of a project. */
export interface Repository {
  directory: string;
  /** Its `slipway.yml` is what holds for environments. */
  defaultBranch: string;
}

/** The targets of all environments; one that is open is kept. */
export interface Targets {
  /** @throws SlipwayError `target-unavailable` if there is none of that kind here */
  open(place: TargetPlace): Promise<Target>;
  /** What answers questions about an environment. @throws Error if there is no such provider */
  metrics(place: TargetPlace, provider: string): Promise<MetricProvider>;
  /** A folder with the files of a commit, for smoke tests. */
  sourcesOf(repository: Repository, commit: string): Promise<string>;
  close(): Promise<void>;
}

export interface TargetPlace {
  project: string;
  environment: string;
  target: { kind: 'process' | 'docker' | 'ecs'; options: Record<string, string | number | boolean> };
}

/** Whose word a deployment waits for. */
export interface DeploymentApprovals {
  /** All words that were said about it, or about the run that started it. */
  find(deployment: DeploymentRow): Promise<Approval[]>;
  /** Asks, unless it is asked already. */
  request(deployment: DeploymentRow): Promise<void>;
  /** Nobody needs to decide any more. */
  withdraw(deployment: DeploymentRow): Promise<void>;
}
