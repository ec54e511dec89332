import { ExpressionError, quoteSource } from './expression-error.ts';
import type { EvaluationScope, Value } from './value.ts';

/** What one evaluation carries along: where it reads from and how much it has produced. */
export interface Frame {
  scope: EvaluationScope;
  source: string;
  budget: Budget;
}

/** A compiled expression, or a part of one. */
export type Node = (frame: Frame) => Value;

/** Bytes that the results of one template have taken so far. */
export interface Budget {
  spentBytes: number;
}

/** GitHub's limit of a template's result. @see actions/runner, PipelineTemplateEvaluator.MaxResultSize */
export const maxResultBytes = 10 * 1024 * 1024;

/** Counts a text that the evaluation produced, as .NET would store it; throws when the template's results are too large. */
export function chargeText(frame: Frame, text: string): string {
  charge(frame, 26 + text.length * 2);
  return text;
}

export function charge(frame: Frame, bytes: number): void {
  frame.budget.spentBytes += bytes;
  if (frame.budget.spentBytes > maxResultBytes) {
    throw fail(frame, `The result is larger than ${maxResultBytes} bytes`);
  }
}

export function fail(frame: Frame, message: string): ExpressionError {
  return new ExpressionError(`${message} in expression: ${quoteSource(frame.source)}`, frame.source);
}
