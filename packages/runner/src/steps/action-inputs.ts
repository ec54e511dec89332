import type { ActionStep } from '@slipway/workflow';
import { evaluateString, evaluateTemplate } from '@slipway/workflow/expressions';
import type { ResolvedAction } from '../actions/action-store.ts';
import { texts } from './perform-step.ts';
import { type RunningStep, scopeOf } from './running-step.ts';

/** What `with:` gives, evaluated. */
export function givenInputs(step: RunningStep, { with: inputs }: ActionStep): Record<string, string> {
  return inputs === undefined ? {} : texts(evaluateTemplate(inputs, scopeOf(step)));
}

/**
 * The inputs of an action: what is given, and the defaults of the others. Names ignore case and come as the action
 * writes them. Warns of inputs that the action does not know or calls deprecated.
 */
export function actionInputs(
  step: RunningStep,
  given: Record<string, string>,
  { action }: ResolvedAction,
): Record<string, string> {
  const values = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]));
  const inputs: Record<string, string> = {};
  for (const [name, input] of Object.entries(action.inputs)) {
    const value = values.get(name.toLowerCase());
    values.delete(name.toLowerCase());
    if (value !== undefined && input.deprecationMessage !== undefined) {
      step.report.warning(`Input '${name}' has been deprecated with message: ${input.deprecationMessage}`);
    }
    inputs[name] = value ?? (input.default === undefined ? '' : evaluateString(input.default, scopeOf(step)));
  }
  const unexpected = Object.keys(given).filter((name) => values.has(name.toLowerCase()));
  if (unexpected.length > 0 && step.stage === 'main') {
    const known = Object.keys(action.inputs);
    step.report.warning(
      `Unexpected input(s) '${unexpected.join("', '")}', valid inputs are ['${known.join("', '")}']`,
    );
  }
  for (const name of unexpected) inputs[name] = given[name] ?? '';
  return inputs;
}
