import type { Generated } from 'kysely';

/** The tables. Times are epoch milliseconds, sizes bytes, digests `sha256:<hex>`, flags 0 or 1. */
export interface Tables {
  artifact: ArtifactTable;
  cache_entry: CacheEntryTable;
  job: JobTable;
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

/** The queue: a row for each job that a run machine has started. Kept after it finished, as the record of who ran it. */
export interface JobTable {
  id: Generated<number>;
  run_id: string;
  /** 1 for the first; each rerun of the run counts up. */
  attempt: number;
  job_key: string;
  project: string;
  /** What a runner must have: lower case, sorted, joined by commas. */
  labels: string;
  /** Higher goes first; default 0. */
  priority: number;
  /** A JobRequest as JSON. */
  request: string;
  state: 'queued' | 'claimed' | 'finished';
  /** Counts claims; every word of a runner about the job carries the one it got. */
  fence: number;
  runner: string | null;
  queued_at: number;
  claimed_at: number | null;
  lease_ends_at: number | null;
  finished_at: number | null;
  /** What its runner is to be told at the next heartbeat. */
  stop: 'cancel' | 'kill' | null;
  /** A JobFinished as JSON. */
  result: string | null;
}
