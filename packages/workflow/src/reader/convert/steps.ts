import type { Template } from '../../model/template.ts';
import type { ActionStep, Step } from '../../model/workflow.ts';
import { booleanOf, childOf, entryOf, mappingOf, optional, textOf } from './access.ts';
import { checkReferences, convertControlStep, expandParallel, isParallel } from './background.ts';
import { convertCondition } from './condition.ts';
import type { Conversion } from './conversion.ts';
import { createStepIds, type StepIds } from './ids.ts';
import { checkShell } from './shell.ts';
import { checkActionReference } from './uses.ts';

/** The `steps:` of a job or of a composite action. `parallel` groups become background steps and a wait. */
export function convertSteps(conversion: Conversion, steps: Template | undefined): Step[] {
  const ids = createStepIds(conversion.findings);
  const converted = (steps?.kind === 'sequence' ? steps.items : []).flatMap((item) => {
    if (isParallel(item)) return expandParallel(conversion, ids, item);
    const step = convertStep(conversion, ids, item);
    return step ? [step] : [];
  });
  checkReferences(conversion.findings, converted);
  return converted;
}

/** Undefined if it is nothing that can be a step, which the schema has refused. */
export function convertStep(conversion: Conversion, ids: StepIds, item: Template): Step | undefined {
  const run = childOf(item, 'run');
  if (run) {
    const shell = childOf(item, 'shell');
    checkShell(conversion.findings, shell);
    return {
      id: idOf(ids, item, 'run'),
      ...executedPart(conversion, item),
      kind: 'run',
      run,
      ...optional('shell', shell),
      ...optional('workingDirectory', childOf(item, 'working-directory')),
    };
  }
  const uses = childOf(item, 'uses');
  return uses ? actionStep(conversion, ids, item, uses) : convertControlStep(ids, item);
}

function actionStep(conversion: Conversion, ids: StepIds, item: Template, uses: Template): ActionStep {
  const text = textOf(uses) ?? '';
  if (text !== '') checkActionReference(conversion.findings, text, uses.at);
  return {
    id: idOf(ids, item, actionName(text)),
    ...executedPart(conversion, item),
    kind: 'action',
    uses: text,
    usesAt: uses.at,
    ...optional('with', mappingOf(childOf(item, 'with'))),
  };
}

function executedPart(conversion: Conversion, item: Template) {
  return {
    at: item.at,
    ...optional('name', childOf(item, 'name')),
    if: convertCondition(conversion, { value: childOf(item, 'if'), at: item.at, definition: 'step-if' }),
    ...optional('continueOnError', childOf(item, 'continue-on-error')),
    ...optional('env', childOf(item, 'env')),
    ...optional('timeoutMinutes', childOf(item, 'timeout-minutes')),
    ...optional('background', booleanOf(childOf(item, 'background'))),
  };
}

/** The author's id or a generated one; generated ids begin with `__`, which authors' cannot. */
export function idOf(ids: StepIds, item: Template, name: string): string {
  const id = entryOf(item, 'id')?.value;
  const text = textOf(id);
  return id !== undefined && text && ids.claim(text, id.at) ? text : ids.generate(name);
}

/** @see actions/runner, WorkflowTemplateConverter.cs, ConvertToSteps */
function actionName(uses: string): string {
  if (uses.startsWith('docker://')) return uses.slice('docker://'.length) || 'run';
  if (/^\.[\\/]/.test(uses)) return 'self';
  if (uses.startsWith('$/')) return 'selfRepository';
  const [path = '', ref, ...more] = uses.split('@');
  const [owner, repository] = path.split(/[\\/]/).filter((segment) => segment !== '');
  return owner && repository && ref && more.length === 0 ? `${owner}/${repository}` : 'run';
}
