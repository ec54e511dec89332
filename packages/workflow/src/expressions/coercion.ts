import { formatNumber, parseNumber } from './number-text.ts';
import type { Value } from './value.ts';

/** GitHub's string coercion: null is empty, collections become the words `Array` and `Object`. */
export function displayString(value: Value): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      return formatNumber(value);
    default:
      return value === null || value === undefined ? '' : Array.isArray(value) ? 'Array' : 'Object';
  }
}

/** GitHub's number coercion: collections are NaN. */
export function toNumber(value: Value): number {
  switch (typeof value) {
    case 'string':
      return parseNumber(value);
    case 'boolean':
      return value ? 1 : 0;
    case 'number':
      return value;
    default:
      return value === null || value === undefined ? 0 : Number.NaN;
  }
}

/** false, 0, NaN, '' and null are falsy; every collection is truthy. */
export function isTruthy(value: Value): boolean {
  return Boolean(value);
}

export function isPrimitive(value: Value): value is null | boolean | number | string {
  return typeof value !== 'object' || value === null;
}
