import { toNumber } from './coercion.ts';
import { equalsIgnoringCase, foldCase } from './ordinal-case.ts';
import type { Value } from './value.ts';

/**
 * `==` of expressions: different kinds are compared as numbers, strings without case, collections by identity.
 * Mirrors actions/runner, src/Sdk/Expressions/EvaluationResult.cs (AbstractEqual).
 */
export function looselyEqual(left: Value, right: Value): boolean {
  if (typeof left === 'string' && typeof right === 'string') return equalsIgnoringCase(left, right);
  if (left === null && right === null) return true;
  if (typeof left === 'object' && typeof right === 'object' && left !== null && right !== null) {
    return left === right;
  }
  return toNumber(left) === toNumber(right);
}

/** `<` of expressions; anything compared with NaN or a collection is false. */
export function looselyLess(left: Value, right: Value): boolean {
  if (typeof left === 'string' && typeof right === 'string') return foldCase(left) < foldCase(right);
  return toNumber(left) < toNumber(right);
}

/** `<=` is `==` or `<`, so that a collection is at most itself. */
export function looselyAtMost(left: Value, right: Value): boolean {
  return looselyEqual(left, right) || looselyLess(left, right);
}
