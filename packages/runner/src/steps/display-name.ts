import type { EvaluationScope, Step, Template } from '@slipway/workflow';
import { evaluateString } from '@slipway/workflow/expressions';
import { shownScript } from './shown-script.ts';

/**
 * What people see of a step: its `name`, or what it does. An expression that can't be evaluated is shown as it is written.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionRunner.cs (GenerateDisplayName)
 */
export function displayName(step: Step, scope: EvaluationScope): string {
  const own = step.name === undefined ? '' : firstLine(shown(step.name, scope));
  return own === '' ? defaultName(step, scope) : own;
}

function defaultName(step: Step, scope: EvaluationScope): string {
  switch (step.kind) {
    case 'run':
      return `Run ${firstLine(shownScript(shown(step.run, scope)))}`.trimEnd();
    case 'action':
      return `Run ${step.uses.replace(/^docker:\/\//, '')}`;
    case 'wait':
      return `Wait for ${step.wait.join(', ')}`;
    case 'wait-all':
      return 'Wait for all background steps';
    case 'cancel':
      return `Cancel ${step.cancel}`;
  }
}

function shown(template: Template, scope: EvaluationScope): string {
  try {
    return evaluateString(template, scope);
  } catch {
    return template.kind === 'expression' ? `\${{ ${template.source} }}` : '';
  }
}

function firstLine(text: string): string {
  return text.trimStart().split(/[\r\n]/, 1)[0] ?? '';
}
