import { displayString, isPrimitive } from './coercion.ts';
import { looselyEqual } from './comparison.ts';
import { FormatError, fillFormat } from './format-text.ts';
import { charge, chargeText, type Frame, fail, type Node } from './frame.ts';
import { formatJson, parseJson } from './json-text.ts';
import { foldCase } from './ordinal-case.ts';
import type { Value } from './value.ts';

/** The functions that depend on their arguments only. Mirrors actions/runner, src/Sdk/Expressions/Sdk/Functions. */

/** `case(predicate, value, …, default)`: the value of the first true predicate; the other values are not evaluated. */
export function choose(args: Node[], frame: Frame): Value {
  for (let i = 0; i + 1 < args.length; i += 2) {
    const predicate = args[i]!(frame);
    if (typeof predicate !== 'boolean') {
      throw fail(
        frame,
        `Predicate ${i / 2 + 1} of case() must be true or false, it is ${describe(predicate)}`,
      );
    }
    if (predicate) return args[i + 1]!(frame);
  }
  return args.at(-1)!(frame);
}

/** An array contains an item that is `==`; a string contains a part, whatever the case. */
export function contains([search, item]: Node[], frame: Frame): Value {
  const left = search!(frame);
  const right = item!(frame);
  if (Array.isArray(left)) return left.some((candidate) => looselyEqual(right, candidate ?? null));
  if (!isPrimitive(left) || !isPrimitive(right)) return false;
  return foldCase(displayString(left)).includes(foldCase(displayString(right)));
}

export function startsWith([search, part]: Node[], frame: Frame): Value {
  const texts = evaluateTexts(search!, part!, frame);
  return texts?.[0].startsWith(texts[1]) ?? false;
}

export function endsWith([search, part]: Node[], frame: Frame): Value {
  const texts = evaluateTexts(search!, part!, frame);
  return texts?.[0].endsWith(texts[1]) ?? false;
}

export function format([pattern, ...args]: Node[], frame: Frame): Value {
  const known: string[] = [];
  const argument = (index: number) => {
    known[index] ??= displayString(args[index]!(frame));
    return chargeText(frame, known[index]);
  };
  try {
    return chargeText(frame, fillFormat(displayString(pattern!(frame)), args.length, argument));
  } catch (error) {
    throw error instanceof FormatError ? fail(frame, error.message) : error;
  }
}

/** Items are coerced to strings; a single value stands for itself, an object for nothing. */
export function join([list, separator]: Node[], frame: Frame): Value {
  const items = list!(frame);
  if (!Array.isArray(items)) return isPrimitive(items) ? displayString(items) : '';
  const between = items.length > 1 && separator !== undefined ? separator(frame) : ',';
  const glue = isPrimitive(between) ? displayString(between) : ',';
  const texts = items.map((item) => displayString(item ?? null));
  // Before the text is made: a long separator between many items would not fit into memory.
  charge(
    frame,
    26 + 2 * (sum(texts.map((text) => text.length)) + glue.length * Math.max(0, texts.length - 1)),
  );
  return texts.join(glue);
}

export function fromJson([text]: Node[], frame: Frame): Value {
  const json = displayString(text!(frame));
  try {
    return parseJson(json);
  } catch (error) {
    throw fail(frame, `fromJSON can't read ${excerpt(json)}: ${(error as Error).message}`);
  }
}

export function toJson([value]: Node[], frame: Frame): Value {
  const text = formatJson(value!(frame));
  if (text === undefined) throw fail(frame, 'The value is nested too deeply for toJSON');
  return chargeText(frame, text);
}

function evaluateTexts(search: Node, part: Node, frame: Frame): [string, string] | undefined {
  const left = search(frame);
  const right = part(frame);
  if (!isPrimitive(left) || !isPrimitive(right)) return undefined;
  return [foldCase(displayString(left)), foldCase(displayString(right))];
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function describe(value: Value): string {
  return isPrimitive(value) ? JSON.stringify(value) : `an ${displayString(value).toLowerCase()}`;
}

function excerpt(text: string): string {
  return text === '' ? 'an empty text' : `'${text.length > 100 ? `${text.slice(0, 100)}…` : text}'`;
}
