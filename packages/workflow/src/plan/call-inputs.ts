import {
  ExpressionError,
  evaluateBoolean,
  evaluateNumber,
  evaluateString,
  evaluateTemplate,
} from '../expressions/index.ts';
import type { EvaluationScope, Value } from '../expressions/value.ts';
import type { MappingTemplate, Template } from '../model/template.ts';
import type { InputDefinition, ReusableJob } from '../model/workflow.ts';

/**
 * The `inputs` context of a called workflow: what the caller gives, else the default, else the type's empty value.
 * Boolean and number inputs take nothing else. Both the caller's values and the defaults are evaluated with the
 * caller's contexts.
 * Errors: ExpressionError, also for inputs that are missing or not defined.
 * @see actions/runner, src/Sdk/WorkflowParser/Conversion/WorkflowTemplateConverter.cs (ConvertToWorkflowJobInputs)
 */
export function evaluateCallInputs(
  job: ReusableJob,
  definitions: Record<string, InputDefinition>,
  scope: EvaluationScope,
): Record<string, Value> {
  const given = givenInputs(job.with, scope);
  const inputs: Record<string, Value> = {};
  for (const [name, definition] of Object.entries(definitions)) {
    const value = given.get(name.toLowerCase());
    given.delete(name.toLowerCase());
    const template = value ?? definition.default;
    if (template !== undefined) inputs[name] = coerce(template, definition, scope);
    else if (!definition.required) inputs[name] = emptyValue(definition);
    else throw new ExpressionError(`The input ${name} of ${job.uses} is required.`, '', job.usesAt);
  }
  for (const [name, { at }] of given) {
    throw new ExpressionError(`${job.uses} has no input ${name}.`, '', at);
  }
  return inputs;
}

/** By name in lower case. */
function givenInputs(mapping: MappingTemplate | undefined, scope: EvaluationScope): Map<string, Template> {
  const given = new Map<string, Template>();
  for (const { key, value } of mapping?.entries ?? []) {
    if (key.kind !== 'insert') {
      given.set(evaluateString(key, scope).toLowerCase(), value);
      continue;
    }
    const inserted = evaluateTemplate(value, scope);
    if (typeof inserted !== 'object' || inserted === null || Array.isArray(inserted)) continue;
    for (const [name, item] of Object.entries(inserted)) {
      const scalar = typeof item === 'object' ? null : item;
      given.set(name.toLowerCase(), { kind: 'literal', value: scalar, at: key.at });
    }
  }
  return given;
}

function coerce(template: Template, definition: InputDefinition, scope: EvaluationScope): Value {
  switch (definition.type) {
    case 'boolean':
      return evaluateBoolean(template, scope);
    case 'number':
      return evaluateNumber(template, scope);
    default:
      return evaluateString(template, scope);
  }
}

/** What an input is that nobody gives. */
export function emptyValue({ type }: Pick<InputDefinition, 'type'>): string | number | boolean {
  switch (type) {
    case 'boolean':
      return false;
    case 'number':
      return 0;
    default:
      return '';
  }
}
