/** Failed jobs that can go on from one of their steps, and where that of them is which it takes. */
export interface KeptJobTable {
  /** Its row in `job`. */
  job_id: number;
  project: string;
  run_id: number;
  attempt: number;
  job_key: string;
  /** Of the archive in the blob store. */
  digest: string;
  size: number;
  /** A KeptJobSummary as JSON. */
  summary: string;
  created_at: number;
}
