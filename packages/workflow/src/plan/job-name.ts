import { evaluateString } from '../expressions/index.ts';
import type { EvaluationScope } from '../expressions/value.ts';
import type { Job } from '../model/workflow.ts';

const maxLength = 100;

/**
 * The name of a job as far as the file alone tells it: its literal `name`, else its id.
 * GitHub puts a leg's matrix values behind it.
 */
export function plainName(job: Job): string {
  const { name } = job;
  return name?.kind === 'literal' && name.value !== null && name.value !== '' ? String(name.value) : job.id;
}

/**
 * The name of a leg: `name (a, b)`, cut at 100 characters; a `name` with an expression is taken as it evaluates.
 * Errors: ExpressionError.
 * @see actions/runner, src/Sdk/WorkflowParser/Conversion/JobNameBuilder.cs and EvaluateJobName
 */
export function legName(job: Job, shown: string[], scope: EvaluationScope): string {
  if (job.name?.kind === 'expression') {
    const evaluated = evaluateString(job.name, scope);
    if (evaluated !== '') return evaluated;
  }
  const name = shown.length === 0 ? plainName(job) : `${plainName(job)} (${shown.join(', ')})`;
  return name.length > maxLength ? `${name.slice(0, maxLength - 3)}...` : name;
}

/** A job of a called workflow carries its caller's name. */
export function nestedName(caller: string | undefined, name: string): string {
  return caller === undefined ? name : `${caller} / ${name}`;
}
