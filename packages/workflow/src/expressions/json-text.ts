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

/** Prints a value as GitHub's `toJSON` does: two spaces a level, numbers with 15 digits. */
export function formatJson(value: Value, indent = ''): string {
  if (isPrimitive(value)) return formatScalar(value);
  const inner = `${indent}  `;
  const lines: string[] = [];
  if (Array.isArray(value)) {
    for (const item of value) lines.push(inner + formatJson(item ?? null, inner));
    return lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n${indent}]`;
  }
  for (const key of Object.keys(value)) {
    lines.push(`${inner}${quote(key)}: ${formatJson(value[key] ?? null, inner)}`);
  }
  return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n${indent}}`;
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

function formatScalar(value: null | boolean | number | string): string {
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
