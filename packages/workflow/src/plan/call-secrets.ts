import { displayString, evaluateTemplate } from '../expressions/index.ts';
import type { EvaluationScope } from '../expressions/value.ts';
import type { ReusableJob } from '../model/workflow.ts';

/**
 * The secrets of a called workflow: all of its caller's under `inherit`, else those that the caller passes, under the
 * names it passes them by; empty ones don't exist. The run's own token is always there.
 * Errors: ExpressionError.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idsecrets
 */
export function secretsOfCall(
  job: ReusableJob,
  callerSecrets: Record<string, string>,
  scope: EvaluationScope,
): Record<string, string> {
  if (job.secrets === 'inherit') return callerSecrets;
  const { GITHUB_TOKEN: token } = callerSecrets;
  const passed: Record<string, string> = token === undefined ? {} : { GITHUB_TOKEN: token };
  if (job.secrets === undefined) return passed;
  const evaluated = evaluateTemplate(job.secrets, scope);
  for (const [name, value] of Object.entries(evaluated ?? {})) {
    const secret = displayString(value);
    if (secret !== '') passed[name] = secret;
  }
  return passed;
}
