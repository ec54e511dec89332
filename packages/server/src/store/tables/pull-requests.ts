import type { Generated } from 'kysely';

/** Pull requests of hosted repositories, and runs of pull requests that wait for approval. */
export interface PullRequestTables {
  pull_request: PullRequestTable;
  pull_request_review: PullRequestReviewTable;
  pull_request_event: PullRequestEventTable;
  pull_request_merge: PullRequestMergeTable;
  held_event: HeldEventTable;
  project_number: ProjectNumberTable;
}

export interface PullRequestTable {
  id: Generated<number>;
  project: string;
  /** Unique in the project. */
  number: number;
  title: string;
  body: string;
  author: string;
  /** 1: who opened it may not write to the repository. */
  is_outside: number;
  state: 'open' | 'closed' | 'merged';
  draft: number;
  /** Branches, without `refs/heads/`. */
  head_ref: string;
  base_ref: string;
  /** As they were last looked at. */
  head_sha: string;
  base_sha: string;
  /** Of `refs/pull/N/merge`: both together; null: they are in conflict. */
  merge_sha: string | null;
  /** Counts changes of the head. */
  version: number;
  created_at: number;
  updated_at: number;
  closed_at: number | null;
  merged_at: number | null;
  merged_by: string | null;
  /** What the base became. */
  merge_commit_sha: string | null;
  /** A merge that is being done: `{ sha, by }` as JSON. It has happened if the base has the commit. */
  merging: string | null;
}

export interface PullRequestReviewTable {
  id: Generated<number>;
  project: string;
  number: number;
  reviewer: string;
  verdict: 'approved' | 'changes-requested' | 'commented';
  body: string;
  /** The head that was reviewed. */
  head_sha: string;
  /** 1: the reviewer may write to the repository. Other reviews count for nothing. */
  may_write: number;
  submitted_at: number;
  dismissed_at: number | null;
}

/** What workflows are to be told of a pull request, written with the change itself. */
export interface PullRequestEventTable {
  id: Generated<number>;
  project: string;
  number: number;
  name: 'pull_request' | 'pull_request_review';
  action: string;
  actor: string;
  /** JSON: the row of the pull request as it was, and the review. */
  detail: string;
  created_at: number;
  told_at: number | null;
}

/** Commits that jobs of pull requests run on, so that their results are found by the head. */
export interface PullRequestMergeTable {
  project: string;
  merge_sha: string;
  number: number;
  head_sha: string;
}

/** An event about a pull request of somebody from outside: it starts nothing before somebody has approved it. */
export interface HeldEventTable {
  id: Generated<number>;
  project: string;
  number: number;
  delivery_id: string;
  name: string;
  action: string;
  actor: string;
  /** What an approval is of. */
  head_sha: string;
  /** ProjectEvent as JSON. */
  happened: string;
  reason: string;
  held_at: number;
  /** `void`: the pull request was changed or closed before. */
  state: 'held' | 'approved' | 'void';
  decided_by: string | null;
  decided_at: number | null;
  /** When what was approved was started. */
  started_at: number | null;
}

export interface ProjectNumberTable {
  project: string;
  /** Of the last pull request. */
  last: number;
}
