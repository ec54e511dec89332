/** What is known of a repository and its checked out commit, given as data. */
export interface RepositoryFacts {
  /** `owner/name`. */
  repository: string;
  /** Default: a number made from the name, the same each time. */
  repositoryId?: number;
  /** Default false. */
  private?: boolean;
  defaultBranch: string;
  /** Default `https://github.com`. */
  serverUrl?: string;
  /** The checked out branch or tag, `refs/heads/…` or `refs/tags/…`. */
  ref: string;
  head: CommitFacts;
  /** What the branch was before; absent: it is new. */
  before?: string;
  /** Tip of the branch that a pull request would go into; default: `before`, else the head's own. */
  baseSha?: string;
  /** Login of who acts. */
  actor: string;
  /** Repository-relative paths that the event changes; absent: not known. */
  changedFiles?: string[];
}

export interface CommitFacts {
  sha: string;
  tree: string;
  message: string;
  author: PersonFacts;
  committer: PersonFacts;
}

export interface PersonFacts {
  name: string;
  email: string;
  /** ISO 8601. */
  date: string;
}

/** `main` of `refs/heads/main`, `7/merge` of `refs/pull/7/merge`. */
export function shortRef(ref: string): string {
  return ref.replace(/^refs\/(?:heads|tags|pull)\//, '');
}

/** The first line of a commit's message. */
export function subjectOf({ message }: CommitFacts): string {
  return message.split('\n', 1)[0]!;
}
