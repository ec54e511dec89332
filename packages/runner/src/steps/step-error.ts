/** Why a step fails before or instead of its process: a message and one imperative sentence that says what to do. */
export class StepError extends Error {
  override readonly name = 'StepError';
  readonly mend: string;

  constructor(message: string, mend: string, options?: { cause?: unknown }) {
    super(message, options);
    this.mend = mend;
  }
}

/** What people read of an error: its message, and the mend of those that carry one; never a stack trace. */
export function explainError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { mend } = error as { mend?: unknown };
  if (typeof mend !== 'string' || mend === '') return error.message;
  const message = error.message.trimEnd();
  return /[.!?:]$/.test(message) ? `${message} ${mend}` : `${message}. ${mend}`;
}
