import { anyType, booleanType, type ExpressionType, stringType } from './expression-type.ts';

/** What an argument may be: text (which scalars become), text or an array of it, or anything. */
export type Parameter = 'text' | 'list' | 'any';

export interface Signature {
  /** The last one stands for all that follow. */
  parameters: readonly Parameter[];
  result: ExpressionType;
}

/** GitHub's functions by lower-case name; `case` and `fromJSON` have results that depend on their arguments. */
export const signatures: Readonly<Record<string, Signature>> = {
  contains: { parameters: ['list', 'any'], result: booleanType },
  startswith: { parameters: ['text'], result: booleanType },
  endswith: { parameters: ['text'], result: booleanType },
  format: { parameters: ['text', 'any'], result: stringType },
  join: { parameters: ['list', 'text'], result: stringType },
  tojson: { parameters: ['any'], result: stringType },
  fromjson: { parameters: ['text'], result: anyType },
  hashfiles: { parameters: ['text'], result: stringType },
  case: { parameters: ['any'], result: anyType },
  always: { parameters: [], result: booleanType },
  success: { parameters: ['text'], result: booleanType },
  failure: { parameters: ['text'], result: booleanType },
  cancelled: { parameters: [], result: booleanType },
};

export function acceptsArgument(parameter: Parameter, type: ExpressionType): boolean {
  if (parameter === 'any' || type.kind === 'any') return true;
  if (parameter === 'list' && type.kind === 'array') return true;
  return type.kind !== 'object' && type.kind !== 'array';
}

/** Two types that no value of one can equal or be compared with the other. */
export function isComparable(left: ExpressionType, right: ExpressionType, operator: string): boolean {
  if (left.kind === 'any' || right.kind === 'any') return true;
  if (operator === '==' || operator === '!=') {
    if (left.kind === 'object' || right.kind === 'object')
      return left.kind === right.kind || isNull(left) || isNull(right);
    if (left.kind !== 'array' && right.kind !== 'array') return true;
    if (isNull(left) || isNull(right)) return true;
    return left.kind === 'array' && right.kind === 'array' && isComparable(left.item, right.item, operator);
  }
  return isOrdered(left) && isOrdered(right);
}

function isNull(type: ExpressionType): boolean {
  return type.kind === 'null';
}

function isOrdered({ kind }: ExpressionType): boolean {
  return kind === 'number' || kind === 'string';
}
