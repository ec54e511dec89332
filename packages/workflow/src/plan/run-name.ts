import { evaluateString } from '../expressions/index.ts';
import type { EvaluationScope, Value } from '../expressions/value.ts';
import type { Workflow } from '../model/workflow.ts';

/**
 * `run-name`, evaluated; if it is absent or blank, what GitHub takes from the event: the commit's message, the title
 * of the pull request or issue, … else the workflow's name.
 * Errors: ExpressionError.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#run-name
 */
export function evaluateRunName(workflow: Workflow, event: string, scope: EvaluationScope): string {
  const own = workflow.runName ? evaluateString(workflow.runName, scope).trim() : '';
  const payload = member(scope.contexts.github, 'event');
  return own || titleOf(event, payload) || (workflow.name ?? workflow.path);
}

function titleOf(event: string, payload: Value): string {
  switch (event) {
    case 'push':
      return firstLine(member(member(payload, 'head_commit'), 'message'));
    case 'repository_dispatch':
      return firstLine(member(payload, 'action'));
    case 'release':
      return firstLine(member(member(payload, 'release'), 'name'));
    default:
      return (
        firstLine(member(member(payload, 'pull_request'), 'title')) ||
        firstLine(member(member(payload, 'issue'), 'title'))
      );
  }
}

function member(value: Value | undefined, key: string): Value {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return value[key] ?? null;
}

function firstLine(value: Value): string {
  return typeof value === 'string' ? (value.trim().split('\n', 1)[0] ?? '').trim() : '';
}
