import type { Generated } from 'kysely';

/** Secrets, variables, environments and the approvals that they ask for. */
export interface EnvironmentTables {
  secret: SecretTable;
  secret_key: SecretKeyTable;
  variable: VariableTable;
  environment: EnvironmentTable;
  delivery_file: DeliveryFileTable;
  environment_job: EnvironmentJobTable;
  approval: ApprovalTable;
  approval_decision: ApprovalDecisionTable;
}

/** A secret, sealed: its value is nowhere else. */
export interface SecretTable {
  /** `scopeKey` of the organisation, project or environment that it is of; `credential:<project>` for what only the server uses. */
  scope: string;
  /** Upper case. */
  name: string;
  /** The key that it is sealed with. */
  key_id: string;
  /** Nonce, ciphertext and tag of AES-256-GCM, in base64. Scope and name are authenticated with it. */
  sealed: string;
  updated_by: string;
  created_at: number;
  updated_at: number;
}

/** Keys that secrets may be sealed with; the keys themselves are not in the store. */
export interface SecretKeyTable {
  id: string;
  /** One is current; those that are retired go some time after nothing is sealed with them any more. */
  state: 'current' | 'retired';
  created_at: number;
  retired_at: number | null;
}

/** A configuration variable: `vars` of workflows. */
export interface VariableTable {
  scope: string;
  /** Upper case. */
  name: string;
  value: string;
  updated_by: string;
  created_at: number;
  updated_at: number;
}

/** What was set of an environment by the API, over what `slipway.yml` says of it. */
export interface EnvironmentTable {
  project: string;
  /** Lower case: names are compared without it. */
  key: string;
  /** As it was written. */
  name: string;
  /** EnvironmentSettings as JSON. */
  settings: string;
  created_at: number;
  updated_at: number;
}

/** The last `slipway.yml` of a project's default branch that had no mistakes: it stays in force while a newer one has some. */
export interface DeliveryFileTable {
  project: string;
  /** Git's id of the file. */
  blob: string;
  content: string;
  updated_at: number;
}

/** A job that names an environment, from when it asks to enter. */
export interface EnvironmentJobTable {
  run_id: number;
  attempt: number;
  job_key: string;
  project: string;
  /** As the job wrote it. */
  environment: string;
  /** In `github_deployment`; null: `environment.deployment` is false. */
  deployment_id: number | null;
  asked_at: number;
  /** When its rules let it in. */
  entered_at: number | null;
}

/** One request for approval; it is asked once for all jobs of the run that enter the environment. */
export interface ApprovalTable {
  id: Generated<number>;
  project: string;
  /** As it is written where it is defined. */
  environment: string;
  subject_kind: 'run' | 'deployment';
  /** Id of the run, or of the deployment. */
  subject_id: number;
  /** Of the run; 0 for a deployment. */
  attempt: number;
  /** ApprovalBinding as JSON: what is approved. */
  binding: string;
  binding_hash: string;
  requested_by: string;
  /** When it was first asked for: the wait timer runs from here. */
  requested_at: number;
  /** When it was asked last: later if what it binds has changed or an approval has run out. */
  asked_at: number;
  /** When nobody can decide any more. */
  expires_at: number;
  state: 'pending' | 'approved' | 'rejected' | 'expired';
}

/** A person's word on a request. Rows are only ever added. */
export interface ApprovalDecisionTable {
  id: Generated<number>;
  approval_id: number;
  verdict: 'approved' | 'rejected';
  by: string;
  comment: string;
  /** Of what was decided on. */
  binding: string;
  binding_hash: string;
  at: number;
}
