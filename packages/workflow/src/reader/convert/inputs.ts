import type { Template } from '../../model/template.ts';
import type { InputDefinition, SecretDefinition, Trigger } from '../../model/workflow.ts';
import type { Findings } from '../findings.ts';
import { booleanOf, childOf, type NamedEntry, namedEntries, optional, textOf, textsOf } from './access.ts';

type Inputs = Record<string, InputDefinition>;

/** @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#onworkflow_dispatchinputs */
const maxDispatchInputs = 25;

/** `on.workflow_dispatch.inputs`; undefined without any. */
export function convertDispatchInputs(findings: Findings, inputs: Template | undefined): Inputs | undefined {
  const excess = namedEntries(inputs)[maxDispatchInputs];
  if (excess) {
    findings.add({
      at: excess.at,
      code: 'invalid-input',
      message: `GitHub shows ${maxDispatchInputs} inputs at most; \`${excess.name}\` is one too many.`,
      mend: 'Merge inputs, for example into one of JSON.',
    });
  }
  return convertInputs(inputs, (entry) => {
    const input = convertInput(entry, ['string', 'boolean', 'number', 'choice', 'environment']);
    checkOptions(findings, entry, input);
    checkDispatchDefault(findings, entry.name, input);
    return input;
  });
}

/** `on.workflow_call.inputs`; undefined without any. */
export function convertCallInputs(findings: Findings, inputs: Template | undefined): Inputs | undefined {
  return convertInputs(inputs, (entry) => {
    const input = convertInput(entry, ['string', 'boolean', 'number']);
    if (input.default) checkValue(findings, { name: entry.name, type: input.type, value: input.default });
    return input;
  });
}

export function convertCallSecrets(
  secrets: Template | undefined,
): Record<string, SecretDefinition> | undefined {
  if (secrets?.kind !== 'mapping') return undefined;
  return Object.fromEntries(
    namedEntries(secrets).map(({ name, value }) => [
      name,
      {
        ...optional('description', textOf(childOf(value, 'description'))),
        required: booleanOf(childOf(value, 'required')) ?? false,
      },
    ]),
  );
}

export function convertCallOutputs(outputs: Template | undefined): Trigger['outputs'] {
  if (outputs?.kind !== 'mapping') return undefined;
  const converted: NonNullable<Trigger['outputs']> = {};
  for (const { name, value } of namedEntries(outputs)) {
    const content = childOf(value, 'value');
    if (content)
      converted[name] = { ...optional('description', textOf(childOf(value, 'description'))), value: content };
  }
  return converted;
}

/** Whether a literal can be the value of a called workflow's input; expressions are judged when they are evaluated. */
export function fitsCallInput(type: InputDefinition['type'], value: Template): boolean {
  if (value.kind !== 'literal' || value.value === null) return true;
  return type === 'string' || typeof value.value === type;
}

function convertInputs(
  inputs: Template | undefined,
  convert: (entry: NamedEntry) => InputDefinition,
): Inputs | undefined {
  if (inputs?.kind !== 'mapping') return undefined;
  return Object.fromEntries(namedEntries(inputs).map((entry) => [entry.name, convert(entry)]));
}

function convertInput({ at, value }: NamedEntry, types: InputDefinition['type'][]): InputDefinition {
  const type = textOf(childOf(value, 'type'));
  const options = childOf(value, 'options');
  return {
    type: types.find((known) => known === type) ?? 'string',
    ...optional('description', textOf(childOf(value, 'description'))),
    required: booleanOf(childOf(value, 'required')) ?? false,
    ...optional('default', childOf(value, 'default')),
    ...optional('options', options && textsOf(options)),
    at,
  };
}

function checkOptions(findings: Findings, { name, at }: NamedEntry, input: InputDefinition): void {
  if (input.type === 'choice' && (input.options ?? []).length === 0) {
    findings.add({
      at,
      code: 'invalid-input',
      message: `The input \`${name}\` is a choice without options.`,
      mend: 'Add `options:` with at least one value, or another `type`.',
    });
  }
  if (input.type !== 'choice' && input.options) {
    findings.add({
      at,
      code: 'invalid-input',
      message: `The input \`${name}\` has options but is not a choice.`,
      mend: 'Write `type: choice`, or remove `options`.',
    });
  }
}

/** The page that starts a workflow sends text, so a quoted boolean or number is as good as a plain one. */
function checkDispatchDefault(findings: Findings, name: string, input: InputDefinition): void {
  const given = input.default?.kind === 'literal' ? input.default.value : null;
  if (given === null || !input.default) return;
  const text = String(given);
  if (input.type === 'choice') {
    if (!input.options || input.options.includes(text)) return;
    findings.add({
      at: input.default.at,
      code: 'invalid-input',
      message: `The default \`${text}\` of \`${name}\` is not one of its options.`,
      mend: `Use one of: ${input.options.join(', ')}.`,
    });
  } else if (input.type === 'boolean' && !/^(?:true|false)$/i.test(text)) {
    reportMismatch(findings, { name, type: input.type, value: input.default });
  } else if (input.type === 'number' && (text.trim() === '' || Number.isNaN(Number(text)))) {
    reportMismatch(findings, { name, type: input.type, value: input.default });
  }
}

interface TypedValue {
  name: string;
  type: InputDefinition['type'];
  value: Template;
}

function checkValue(findings: Findings, typed: TypedValue): void {
  if (!fitsCallInput(typed.type, typed.value)) reportMismatch(findings, typed);
}

function reportMismatch(findings: Findings, { name, type, value }: TypedValue): void {
  const text = value.kind === 'literal' ? String(value.value) : '';
  findings.add({
    at: value.at,
    code: 'invalid-input',
    message: `The default \`${text}\` of \`${name}\` is not a ${type}.`,
    mend: `Write a ${type}${typeof value === 'object' && type === 'boolean' ? ' (true or false, without quotes)' : ''}.`,
  });
}
