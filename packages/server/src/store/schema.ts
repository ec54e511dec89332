import type { Generated } from 'kysely';
import type { AuditTable } from './tables/audit.ts';
import type { DeliveryTables } from './tables/delivery.ts';
import type { EnvironmentTables } from './tables/environments.ts';
import type { GithubApiTables } from './tables/github-api.ts';
import type { IdentityTables } from './tables/identity.ts';
import type { JobTable } from './tables/job.ts';
import type { KeptJobTable } from './tables/kept-job.ts';
import type { OidcKeyTable } from './tables/oidc-key.ts';
import type { PullRequestTables } from './tables/pull-requests.ts';
import type { ReceivedPushTable } from './tables/received-push.ts';

/** The tables. Times are epoch milliseconds, sizes bytes, digests `sha256:<hex>`, flags 0 or 1. */
export interface Tables
  extends GithubApiTables,
    DeliveryTables,
    IdentityTables,
    EnvironmentTables,
    PullRequestTables {
  artifact: ArtifactTable;
  cache_entry: CacheEntryTable;
  job: JobTable;
  project: ProjectTable;
  schedule: ScheduleTable;
  event: EventTable;
  event_plan: EventPlanTable;
  run: RunTable;
  run_counter: RunCounterTable;
  run_attempt: RunAttemptTable;
  run_event: RunEventTable;
  run_job: RunJobTable;
  runner: RunnerTable;
  token: TokenTable;
  repository_ref: RepositoryRefTable;
  received_push: ReceivedPushTable;
  report: ReportTable;
  delivery: DeliveryTable;
  audit: AuditTable;
  kept_job: KeptJobTable;
  oidc_key: OidcKeyTable;
}

export interface ArtifactTable {
  id: Generated<number>;
  repository: string;
  run_id: string;
  job_key: string;
  name: string;
  mime_type: string;
  digest: string;
  size: number;
  /** 1 if it was made for an event whose code is not trusted, such as a fork's pull request. */
  untrusted: number;
  created_at: number;
  expires_at: number;
}

export interface CacheEntryTable {
  id: Generated<number>;
  repository: string;
  /** The ref that the entry belongs to, e.g. `refs/heads/main`. */
  scope: string;
  key: string;
  /** Hash of paths and compression, chosen by the client; entries of different versions never meet. */
  version: string;
  digest: string;
  size: number;
  created_at: number;
  used_at: number;
}

export interface ProjectTable {
  /** `owner/name`. */
  name: string;
  /** JSON. */
  settings: string;
  /** How long finished runs, with their logs, are kept. */
  retention_days: number;
  created_at: number;
  /** The server that drives the project's runs, as long as its lease lasts. */
  driver: string | null;
  /** Counts changes of the driver; each write of a driver checks it. */
  driver_fence: number;
  lease_ends_at: number | null;
}

/** A cron entry of the default branch's workflows. */
export interface ScheduleTable {
  id: Generated<number>;
  project: string;
  workflow_path: string;
  cron: string;
  timezone: string;
  next_at: number;
  last_at: number | null;
}

export interface EventTable {
  id: Generated<number>;
  project: string;
  /** Whoever delivers names each delivery once; the same again changes nothing. */
  delivery_id: string;
  name: string;
  /** EventFacts as JSON. */
  facts: string;
  /** How many `workflow_run` events lie between this one and what people did. */
  depth: number;
  /** Diagnostics as JSON, if the event could not be planned. */
  diagnostics: string | null;
  received_at: number;
}

/** What is driven together: the runs that one event starts, or the one run of a rerun. */
export interface EventPlanTable {
  id: Generated<number>;
  project: string;
  event_id: number;
  /** EventPlan as JSON. */
  plan: string;
  state: 'active' | 'done';
}

export type RunStatus = 'queued' | 'in_progress' | 'completed';

/** A run as lists show it: its latest attempt. */
export interface RunTable {
  id: Generated<number>;
  project: string;
  event_id: number;
  event: string;
  ref: string;
  sha: string;
  actor: string;
  workflow_path: string;
  workflow_name: string;
  name: string;
  /** Counts the runs of the workflow in the project, from 1. */
  number: number;
  /** Of its jobs in the queue; default 0, higher goes first. */
  priority: number;
  attempt: number;
  status: RunStatus;
  conclusion: string | null;
  created_at: number;
  started_at: number | null;
  finished_at: number | null;
  /** When retention may remove it; null: not before it is finished. */
  expires_at: number | null;
}

export interface RunCounterTable {
  project: string;
  workflow_path: string;
  last: number;
}

export interface RunAttemptTable {
  run_id: number;
  attempt: number;
  plan_id: number;
  /** In the plan's `runs`. */
  position: number;
  actor: string;
  status: RunStatus;
  conclusion: string | null;
  /** Why it was cancelled. */
  reason: string | null;
  /** The run that took its place in a concurrency group. */
  superseded_by: number | null;
  /** RunState as JSON; null: not begun. */
  state: string | null;
  /** Keys that run again, as a JSON array, of an attempt that keeps results of the one before; null: everything runs. */
  again: string | null;
  /** The job that goes on from a step, as JSON: its key, the job that was kept, the step's place. */
  resume: string | null;
  /** What somebody asked for. */
  cancel: 'cancel' | 'kill' | null;
  cancel_reason: string | null;
  /** 1: what follows a finished run has been seen to. */
  followed_up: number;
  created_at: number;
  started_at: number | null;
  finished_at: number | null;
}

/** What happened to runs, in order: within one run ids rise. */
export interface RunEventTable {
  id: Generated<number>;
  run_id: number;
  attempt: number;
  /** RunEvent as JSON. */
  event: string;
}

/** The jobs of an attempt as people see them; where one is in the queue, `job` says how far it is. */
export interface RunJobTable {
  run_id: number;
  attempt: number;
  job_key: string;
  /** In the order in which they became known. */
  position: number;
  /** Id in the file. */
  job_id: string;
  name: string;
  /** JSON array of ids. */
  needs: string;
  /** Why it does not run yet. */
  waiting: string | null;
  /** Its row in `job`: of an earlier attempt, if its result was kept. */
  queue_id: number | null;
  conclusion: string | null;
  reason: string | null;
  concluded_at: number | null;
}

/** Runners that have asked for work. */
export interface RunnerTable {
  name: string;
  /** Lower case, sorted, joined by commas. */
  labels: string;
  first_seen_at: number;
  seen_at: number;
}

/** Who may call the API. */
export interface TokenTable {
  name: string;
  /** sha256 of the token, hex. */
  hash: string;
  created_at: number;
}

/** Branches and tags of hosted repositories as their events have told of them; what git has beyond that is yet to be told. */
export interface RepositoryRefTable {
  project: string;
  /** `refs/heads/…` or `refs/tags/…`. */
  ref: string;
  /** Zeros: it was deleted. */
  sha: string;
  /** Counts changes of the ref. */
  version: number;
}

/** What GitHub is to be told of a run and its jobs: the latest, once it can be delivered. */
export interface ReportTable {
  id: Generated<number>;
  project: string;
  /** Negative: of no run, but of the event of that number. */
  run_id: number;
  /** A job's key, of every attempt the same; of an event a workflow file. */
  subject: string;
  kind: 'status' | 'check-run';
  /** A Report as JSON. */
  wanted: string;
  /** Counts changes of `wanted`. */
  version: number;
  /** The version that GitHub has. */
  delivered: number;
  /** GitHub's id of a check run. */
  external_id: string | null;
  /** In a row. */
  failures: number;
  /** What GitHub said last, if it refused. */
  problem: string | null;
  /** When to deliver; null: nothing is to be delivered. */
  next_at: number | null;
}

/** Webhooks that were acknowledged. They are kept after they were taken in, so that one that is sent again changes nothing. */
export interface DeliveryTable {
  id: Generated<number>;
  project: string;
  /** GitHub's. */
  delivery_id: string;
  /** GitHub's name. */
  event: string;
  /** JSON; empty once it was taken in. */
  payload: string;
  received_at: number;
  /** In a row. */
  failures: number;
  /** Why it could not be taken in, the last time. */
  problem: string | null;
  /** When to take it in; null: that is done. */
  next_at: number | null;
}
