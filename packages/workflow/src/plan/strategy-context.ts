import type { Value } from '../expressions/value.ts';

export interface LegPlace {
  failFast: boolean;
  /** null: no limit; the context then shows how many legs there are. */
  maxParallel: number | null;
  position: number;
  total: number;
  /** Whether the job has a matrix. */
  matrix: boolean;
}

/** The `strategy` context. @see actions/runner, WorkflowTemplateConverter.cs (ConvertToStrategy), EvaluateStrategy */
export function strategyContext(place: LegPlace): { [key: string]: Value } {
  return {
    'fail-fast': place.failFast,
    'job-index': place.position,
    'job-total': place.total,
    'max-parallel': place.matrix ? (place.maxParallel ?? place.total) : 1,
  };
}
