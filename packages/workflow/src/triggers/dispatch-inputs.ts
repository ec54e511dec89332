import { displayString } from '../expressions/coercion.ts';
import { parseNumber } from '../expressions/number-text.ts';
import type { Value } from '../expressions/value.ts';
import type { Diagnostic, Position, Read } from '../model/diagnostic.ts';
import { nearestName } from '../model/nearest-name.ts';
import type { InputDefinition, Workflow } from '../model/workflow.ts';
import type { EventFacts } from './event-facts.ts';
import { listed } from './listed.ts';

export interface DispatchInputs {
  /** The `inputs` context: booleans and numbers are typed. */
  inputs: { [key: string]: Value };
  /** `github.event.inputs`: all are text. */
  eventInputs: { [key: string]: string };
}

export interface DispatchOptions {
  workflow: Workflow;
  /** Inputs as someone typed them. */
  given: Readonly<Record<string, string>>;
  /** Names of the environments that exist, where that is known: an `environment` input must be one of them. */
  environments?: readonly string[];
}

/**
 * Checks what someone wants to dispatch a workflow with against its `on.workflow_dispatch.inputs`, and fills in the defaults.
 * An input that is neither given nor has a default is false, 0 or empty. Names ignore case, as on GitHub.
 * Codes: `unknown-input`, `missing-input`, `invalid-input`.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#onworkflow_dispatchinputs
 */
export function resolveDispatchInputs(options: DispatchOptions): Read<DispatchInputs> {
  const definitions = options.workflow.on.workflow_dispatch?.inputs ?? {};
  const { texts, diagnostics } = matchNames(options, definitions);
  const value: DispatchInputs = { inputs: {}, eventInputs: {} };
  for (const [name, definition] of Object.entries(definitions)) {
    const read = readInput(definition, texts.get(name) || defaultOf(definition), options.environments);
    if ('problem' in read) {
      diagnostics.push({
        ...base(options.workflow, definition.at),
        ...describeProblem(name, definition, read.problem),
      });
    } else {
      value.inputs[name] = read.value;
      value.eventInputs[name] = displayString(read.value);
    }
  }
  return { value: diagnostics.length === 0 ? value : undefined, diagnostics };
}

/** The event as one workflow sees it: the dispatch names the workflow and holds its inputs. */
export function withDispatchInputs(
  event: EventFacts,
  workflowPath: string,
  { eventInputs }: DispatchInputs,
): EventFacts {
  return { ...event, payload: { ...event.payload, inputs: eventInputs, workflow: workflowPath } };
}

type Definitions = Record<string, InputDefinition>;

function matchNames({ workflow, given }: DispatchOptions, definitions: Definitions) {
  const texts = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];
  const names = Object.keys(definitions);
  for (const [name, text] of Object.entries(given)) {
    const known = names.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
    if (known !== undefined) {
      texts.set(known, text);
      continue;
    }
    const at = workflow.on.workflow_dispatch?.at ?? { line: 1, column: 1 };
    const message = `${workflow.path} has no input '${name}'`;
    diagnostics.push({ ...base(workflow, at), code: 'unknown-input', message, mend: mendName(name, names) });
  }
  return { texts, diagnostics };
}

function mendName(name: string, names: string[]): string {
  const guess = nearestName(name, names);
  if (guess !== undefined) return `Did you mean '${guess}'?`;
  return names.length === 0 ? 'Leave it out.' : `Use one of ${names.join(', ')}.`;
}

/** A default of a dispatch is plain data: an expression in it stays text. */
function defaultOf({ default: template }: InputDefinition): string {
  if (template === undefined) return '';
  return template.kind === 'expression'
    ? `\${{ ${template.source} }}`
    : template.kind === 'literal'
      ? displayString(template.value)
      : '';
}

type Problem = 'missing' | { expected: string; text: string };

function readInput(
  { type, required, options = [] }: InputDefinition,
  text: string,
  environments: readonly string[] | undefined,
): { value: Value } | { problem: Problem } {
  if (text === '')
    return required && type !== 'boolean' ? { problem: 'missing' } : { value: emptyValue(type) };
  switch (type) {
    case 'boolean': {
      const lower = text.toLowerCase();
      if (lower === 'true' || lower === 'false') return { value: lower === 'true' };
      return { problem: { expected: 'true or false', text } };
    }
    case 'number': {
      const value = parseNumber(text);
      return Number.isNaN(value) ? { problem: { expected: 'a number', text } } : { value };
    }
    case 'choice':
      return options.includes(text)
        ? { value: text }
        : { problem: { expected: listed(options, 'or'), text } };
    case 'environment': {
      const exists = environments?.some((name) => name.toLowerCase() === text.toLowerCase()) ?? true;
      return exists ? { value: text } : { problem: { expected: listed(environments ?? [], 'or'), text } };
    }
    default:
      return { value: text };
  }
}

function emptyValue(type: InputDefinition['type']): Value {
  return type === 'boolean' ? false : type === 'number' ? 0 : '';
}

function describeProblem(name: string, { description }: InputDefinition, problem: Problem) {
  if (problem === 'missing') {
    const what = description === undefined ? '' : ` (${description})`;
    return {
      code: 'missing-input',
      message: `The input '${name}'${what} is required`,
      mend: `Give it: --input ${name}=VALUE.`,
    };
  }
  const { expected, text } = problem;
  return {
    code: 'invalid-input',
    message: `The input '${name}' takes ${expected || 'nothing that is known'}, not '${text}'`,
    mend: `Give ${expected || 'another value'}.`,
  };
}

function base({ path }: Workflow, { line, column }: Position) {
  return { file: path, line, column, severity: 'error' as const };
}
