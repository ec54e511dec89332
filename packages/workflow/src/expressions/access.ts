import { displayString, isPrimitive, toNumber } from './coercion.ts';
import { charge, type Frame } from './frame.ts';
import { equalsIgnoringCase } from './ordinal-case.ts';
import type { Value } from './value.ts';

/**
 * Property access, index access and the filter `.*` over plain data.
 * Mirrors actions/runner, src/Sdk/Expressions/Sdk/Operators/Index.cs.
 */

/** What `.*` yields: an access to it goes to each of its items. */
export class FilteredArray extends Array<Value> {}

/** `exact` keeps case apart: the `env` context on Linux and macOS. */
export type KeyCase = 'ignored' | 'exact';

export function accessIndex(target: Value, index: Value, keyCase: KeyCase, frame: Frame): Value {
  if (target instanceof FilteredArray) return accessEach(target, index, keyCase, frame);
  if (isPrimitive(target)) return null;
  return accessOne(target, index, keyCase) ?? null;
}

export function accessAll(target: Value, frame: Frame): Value {
  const result = new FilteredArray();
  if (isPrimitive(target)) return result;
  const containers = target instanceof FilteredArray ? target : [target];
  for (const container of containers) {
    if (isPrimitive(container)) continue;
    for (const item of Array.isArray(container) ? container : Object.values(container)) result.push(item);
  }
  charge(frame, result.length * 8);
  return result;
}

/** The property's value; undefined if there is none. An exact match goes before one that differs in case. */
export function findProperty(
  object: { [key: string]: Value },
  key: string,
  keyCase: KeyCase,
): Value | undefined {
  if (Object.hasOwn(object, key)) return object[key];
  if (keyCase === 'exact') return undefined;
  for (const candidate in object) {
    if (
      candidate.length === key.length &&
      equalsIgnoringCase(candidate, key) &&
      Object.hasOwn(object, candidate)
    ) {
      return object[candidate];
    }
  }
  return undefined;
}

function accessEach(target: FilteredArray, index: Value, keyCase: KeyCase, frame: Frame): Value {
  const result = new FilteredArray();
  for (const item of target) {
    if (isPrimitive(item)) continue;
    const found = accessOne(item, index, keyCase);
    if (found !== undefined) result.push(found);
  }
  charge(frame, result.length * 8);
  return result;
}

function accessOne(
  target: Value[] | { [key: string]: Value },
  index: Value,
  keyCase: KeyCase,
): Value | undefined {
  if (!Array.isArray(target)) {
    return isPrimitive(index) ? findProperty(target, displayString(index), keyCase) : undefined;
  }
  const position = Math.floor(toNumber(index));
  return position >= 0 ? target[position] : undefined;
}
