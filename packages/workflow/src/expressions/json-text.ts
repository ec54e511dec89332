import JSON5 from 'json5';
import { isPrimitive } from './coercion.ts';
import { formatNumber } from './number-text.ts';
import type { Value } from './value.ts';

/** Nesting that `fromJSON` accepts. @see actions/runner, src/Sdk/Expressions/Sdk/Functions/JsonParser.cs */
const maxJsonDepth = 100;

/**
 * Reads JSON as GitHub's `fromJSON` does: strictly where it can, else by the rules of Newtonsoft.Json, which takes
 * single quotes, comments, trailing commas and bare keys. Throws a SyntaxError that says what is wrong.
 */
export function parseJson(text: string): Value {
  if (text.trim() === '') throw new SyntaxError('The text is empty');
  const value = readJson(text);
  if (!isWithinDepth(value, maxJsonDepth)) {
    throw new SyntaxError(`The JSON is nested more than ${maxJsonDepth} levels deep`);
  }
  return value;
}

/**
 * Prints a value as GitHub's `toJSON` does: two spaces a level, numbers with 15 digits. Undefined if it is nested more than
 * 500 levels deep, which no event is.
 */
export function formatJson(value: Value): string | undefined {
  return isWithinDepth(value, 500) ? print(value, '') : undefined;
}

function print(value: Value, indent: string): string {
  if (isPrimitive(value)) return printScalar(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = value.map((item) => inner + print(item ?? null, inner));
    return items.length === 0 ? '[]' : `[\n${items.join(',\n')}\n${indent}]`;
  }
  const entries = Object.entries(value).map(
    ([key, item]) => `${inner}${quote(key)}: ${print(item ?? null, inner)}`,
  );
  return entries.length === 0 ? '{}' : `{\n${entries.join(',\n')}\n${indent}}`;
}

function readJson(text: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch (error) {
    return readLenientJson(text, error as SyntaxError);
  }
}

function readLenientJson(text: string, strictError: SyntaxError): Value {
  try {
    return JSON5.parse<Value>(text);
  } catch {
    throw strictError;
  }
}

function isWithinDepth(value: Value, levels: number): boolean {
  if (isPrimitive(value)) return true;
  if (levels === 0) return false;
  const items = Array.isArray(value) ? value : Object.values(value);
  return items.every((item) => isWithinDepth(item, levels - 1));
}

function printScalar(value: null | boolean | number | string): string {
  if (typeof value === 'string') return quote(value);
  return typeof value === 'number' ? formatNumber(value) : String(value);
}

/** Newtonsoft.Json also escapes the line ends that JavaScript source knows. */
function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[\x85\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
