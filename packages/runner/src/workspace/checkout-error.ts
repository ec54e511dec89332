/** Why the working tree can't stand in for actions/checkout. `mend` is one imperative sentence. */
export class CheckoutError extends Error {
  readonly code: CheckoutErrorCode;
  readonly mend: string;

  constructor(code: CheckoutErrorCode, message: string, mend: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'CheckoutError';
    this.code = code;
    this.mend = mend;
  }
}

export type CheckoutErrorCode =
  /** Input `path` leads out of the workspace. */
  | 'path-outside-workspace'
  /** git refuses the patterns of input `sparse-checkout`. */
  | 'invalid-sparse-checkout'
  /** A file could not be read or written. */
  | 'copy-failed'
  | 'git-missing'
  | 'git-failed';
