/**
 * Why an action can't be used. `mend` is one imperative sentence for the author of the workflow.
 * The codes are stable; nothing may depend on the message.
 */
export class ActionError extends Error {
  readonly code: ActionErrorCode;
  readonly mend: string;

  constructor(code: ActionErrorCode, message: string, mend: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'ActionError';
    this.code = code;
    this.mend = mend;
  }
}

export type ActionErrorCode =
  /** `uses:` is not of any known form. */
  | 'invalid-uses'
  /** The ref is the beginning of a commit sha; GitHub takes whole ones only. */
  | 'short-sha'
  | 'repository-not-found'
  | 'ref-not-found'
  /** Neither action.yml, action.yaml nor a Dockerfile at the path. */
  | 'no-manifest'
  | 'invalid-manifest'
  /** A reusable workflow's file is not in its repository. */
  | 'file-not-found'
  /** The server can't be reached or broke off. */
  | 'network'
  | 'timed-out'
  /** `--offline`, and the action is not in the cache. */
  | 'offline'
  /** The ref names another commit than the lockfile. */
  | 'lock-mismatch'
  /** The workflow is locked, and this action is not in the lockfile. */
  | 'lock-missing'
  | 'invalid-lockfile'
  | 'git-missing'
  /** git failed in a way not known here; the message holds its words. */
  | 'git-failed';
