import type { InputDefinition, Workflow } from '../../model/workflow.ts';
import {
  anyType,
  booleanType,
  type ExpressionType,
  eitherOf,
  exactly,
  mapOf,
  numberType,
  stringType,
} from '../types/expression-type.ts';

/** `inputs` of a workflow: those of its dispatch and of its callers. */
export function inputsContext({ on }: Workflow): ExpressionType {
  const dispatch = on.workflow_dispatch && typesOf(on.workflow_dispatch.inputs ?? {});
  const call = on.workflow_call && typesOf(on.workflow_call.inputs ?? {});
  if (!dispatch || !call) return dispatch ?? call ?? exactly({});
  return eitherOf(dispatch, call);
}

/** The inputs of `workflow_call` that stand before the one whose default is asked for. */
export function earlierInputs(inputs: Record<string, InputDefinition>, until: string): ExpressionType {
  const names = Object.keys(inputs);
  const earlier = names.slice(0, Math.max(0, names.indexOf(until)));
  return typesOf(Object.fromEntries(earlier.map((name) => [name, inputs[name]!])));
}

/** `github.event.inputs`: all text. */
export function eventInputs({ on }: Workflow): ExpressionType {
  const inputs = on.workflow_dispatch?.inputs;
  if (!inputs || Object.keys(on).length > 1) return mapOf(anyType);
  return exactly(Object.fromEntries(Object.keys(inputs).map((name) => [name, stringType])));
}

export function inputType({ type }: InputDefinition): ExpressionType {
  return type === 'boolean' ? booleanType : type === 'number' ? numberType : stringType;
}

function typesOf(inputs: Record<string, InputDefinition>): ExpressionType {
  return exactly(Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, inputType(input)])));
}
