import type { Position } from '../model/diagnostic.ts';

/** An expression that can't be parsed or evaluated. The message names the cause and quotes the expression. */
export class ExpressionError extends Error {
  /** The expression, without `${{ }}`. */
  readonly source: string;
  /** Where the expression stands in its file, when the template was evaluated that holds it. */
  readonly at?: Position;

  constructor(message: string, source: string, at?: Position) {
    super(message);
    this.name = 'ExpressionError';
    this.source = source;
    if (at !== undefined) this.at = at;
  }
}

/** An expression as a message quotes it: the first 200 characters. */
export function quoteSource(source: string): string {
  return source.length > 200 ? `${source.slice(0, 200)}…` : source;
}

/** The same error with the place it happened at; errors that have a place already keep it. */
export function locateError(error: unknown, at: Position): unknown {
  if (!(error instanceof ExpressionError) || error.at !== undefined) return error;
  return new ExpressionError(error.message, error.source, at);
}
