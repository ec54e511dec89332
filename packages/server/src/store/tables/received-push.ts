/** Who has moved a ref to where it is, written before it moves: what follows is done in that one's name, whoever sees to it. */
export interface ReceivedPushTable {
  project: string;
  /** `refs/heads/…` or `refs/tags/…`. */
  ref: string;
  /** Zeros: it was deleted. */
  after_sha: string;
  actor: string;
  /** 1: by the token of a job. */
  is_job: number;
  at: number;
}
