import type { Template } from '../model/template.ts';

/** Values that only the run will know: outputs of jobs by their id, inputs by their name, both in lower case. */
export interface UnknownValues {
  outputs: ReadonlySet<string>;
  /** With the jobs whose outputs decide them. */
  inputs: ReadonlyMap<string, string[]>;
}

const text = /(\[\s*)?'(?:[^']|'')*'/g;
const needOutputs = /\bneeds\s*(?:\.\s*([\w-]+|\*)|\[\s*'([^']+)'\s*\]|\[)/gi;
const wholeNeeds = /\bneeds\b(?!\s*[.[])/i;
const input = /\binputs\s*(?:\.\s*([\w-]+|\*)|\[\s*'([^']+)'\s*\]|\[)/gi;
const wholeInputs = /\binputs\b(?!\s*[.[])/i;

/**
 * The jobs whose outputs a template needs, by a look at its expressions; none if all is known. A doubtful reference
 * (`needs.*`, `toJSON(needs)`, a computed index) counts as one to every unknown value; `needs.x.result` is known.
 */
export function unknownsOf(template: Template | undefined, unknown: UnknownValues): string[] {
  if (template === undefined || (unknown.outputs.size === 0 && unknown.inputs.size === 0)) return [];
  const found = new Set<string>();
  for (const source of sourcesOf(template)) {
    for (const id of outputsNamed(source, unknown.outputs)) found.add(id);
    for (const name of inputsNamed(source, unknown.inputs)) {
      for (const id of unknown.inputs.get(name) ?? []) found.add(id);
    }
  }
  return [...found];
}

function outputsNamed(source: string, outputs: ReadonlySet<string>): string[] {
  if (wholeNeeds.test(source)) return [...outputs];
  return [...source.matchAll(needOutputs)].flatMap((match) => {
    const id = (match[1] ?? match[2])?.toLowerCase();
    if (id === undefined || id === '*') return [...outputs];
    const rest = source.slice(match.index + match[0].length);
    return outputs.has(id) && !/^\s*\.\s*result\b/i.test(rest) ? [id] : [];
  });
}

function inputsNamed(source: string, inputs: UnknownValues['inputs']): string[] {
  if (wholeInputs.test(source)) return [...inputs.keys()];
  return [...source.matchAll(input)].flatMap((match) => {
    const name = (match[1] ?? match[2])?.toLowerCase();
    return name === undefined || name === '*' ? [...inputs.keys()] : inputs.has(name) ? [name] : [];
  });
}

/** Leaves those that are an index. */
function withoutTexts(source: string): string {
  return source.replaceAll(text, (found, index: string | undefined) => (index === undefined ? "''" : found));
}

function* sourcesOf(template: Template): Generator<string> {
  switch (template.kind) {
    case 'literal':
      return;
    case 'expression':
      yield withoutTexts(template.source);
      return;
    case 'sequence':
      for (const item of template.items) yield* sourcesOf(item);
      return;
    case 'mapping':
      for (const { key, value } of template.entries) {
        if (key.kind !== 'insert') yield* sourcesOf(key);
        yield* sourcesOf(value);
      }
      return;
    default:
      template satisfies never;
  }
}
