import type { Generated } from 'kysely';

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
  /** Project and labels: jobs of one lane differ only in priority and age. */
  lane: string;
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
  /** When the runner said that it has the claim; until then it has not begun, and the job may go to another one. */
  confirmed_at: number | null;
  lease_ends_at: number | null;
  finished_at: number | null;
  /** What its runner is to be told at the next heartbeat. */
  stop: 'cancel' | 'kill' | null;
  /** Why, for people. */
  stop_reason: string | null;
  /** A JobFinished as JSON. */
  result: string | null;
  /** How long its stream is; null: its runner has not said. `removedLog`: it was removed. */
  log_bytes: number | null;
}
