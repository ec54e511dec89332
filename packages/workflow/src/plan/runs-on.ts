import { displayString, ExpressionError, evaluateTemplate } from '../expressions/index.ts';
import type { EvaluationScope, Value } from '../expressions/value.ts';
import type { Template } from '../model/template.ts';

export interface RunsOn {
  labels: string[];
  runnerGroup?: string;
}

/**
 * Evaluates `runs-on`: a label, a sequence of labels, or a mapping with `group` and `labels`. Each label counts once.
 * Errors: ExpressionError, also if there is neither a label nor a group.
 * @see actions/runner, src/Sdk/WorkflowParser/Conversion/WorkflowTemplateConverter.cs (ConvertToRunsOn)
 */
export function evaluateRunsOn(template: Template, scope: EvaluationScope): RunsOn {
  const value = evaluateTemplate(template, scope);
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
  const labels = labelsOf(isMapping ? (value.labels ?? null) : value);
  const group = isMapping ? displayString(value.group ?? null) : '';
  if (labels === undefined)
    throw new ExpressionError('runs-on has a label that is not a text.', '', template.at);
  if (labels.length === 0 && group === '') {
    throw new ExpressionError('runs-on is empty: it names no label.', '', template.at);
  }
  return { labels, ...(group !== '' && { runnerGroup: group }) };
}

function labelsOf(value: Value): string[] | undefined {
  const items = Array.isArray(value) ? value : [value];
  if (items.some((item) => typeof item === 'object' && item !== null)) return undefined;
  return [...new Set(items.map(displayString).filter((label) => label !== ''))];
}
