import { ExpressionError, evaluateString } from '../expressions/index.ts';
import type { EvaluationScope } from '../expressions/value.ts';
import type { JobGraph } from './run-plan.ts';

export type CallOutputs = { outputs: Record<string, string>; failure?: string };

/**
 * The outputs of a called workflow, from the `jobs` context. A mistake in an expression is part of the result.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#onworkflow_calloutputs
 */
export function evaluateCallOutputs({ call }: JobGraph, scope: EvaluationScope): CallOutputs {
  const outputs: Record<string, string> = {};
  try {
    for (const [name, { value }] of Object.entries(call?.outputs ?? {})) {
      outputs[name] = evaluateString(value, scope);
    }
    return { outputs };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return { outputs: {}, failure: error.message };
  }
}
