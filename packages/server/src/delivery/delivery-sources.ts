import type { Approval } from '@slipway/delivery';
import type { Target } from '@slipway/targets';
import type { Notices } from '../controller/notices.ts';
import type { Store } from '../store/open-store.ts';
import type { DeploymentRow } from './deployments.ts';

/** What releases and deployments are made from: on a server, or in one process for one repository. */
export interface DeliverySources {
  store: Store;
  notices: Notices;
  now: () => number;
  /** @throws SlipwayError `unknown-project` */
  repositoryOf(project: string): Promise<Repository>;
  /** Variables and secrets of an environment, as everything that runs there gets them. */
  variablesOf(project: string, environment: string): Promise<Record<string, string>>;
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
