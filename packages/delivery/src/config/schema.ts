import { closest, distance } from 'fastest-levenshtein';
import { isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml';
import type { Position } from '../diagnostic.ts';
import type { Place, Reading } from './yaml-document.ts';

/** Takes a value out of the file; undefined if it can't, and then it has said why. */
export type Schema<T> = (place: Place, reading: Reading) => T | undefined;

/** A key of a mapping. */
export interface Key<T> {
  schema: Schema<T>;
  absent: { kind: 'error' } | { kind: 'value'; value: T };
}

export const required = <T>(schema: Schema<T>): Key<T> => ({ schema, absent: { kind: 'error' } });
export const optional = <T, D>(schema: Schema<T>, value: D): Key<T | D> => ({
  schema,
  absent: { kind: 'value', value },
});

/** A mapping with these keys and no others. */
export function mapping<T extends object>(keys: Keys<T>): Schema<T> {
  const names = Object.keys(keys) as (keyof T & string)[];
  return (place, reading) => {
    const entries = entriesOf(place, reading);
    if (!entries) return undefined;
    for (const { name, keyAt } of entries) {
      if (!(names as string[]).includes(name)) reportUnknown(reading, place, { name, keyAt, names });
    }
    const values = names.map((name) => {
      const entry = entries.find((one) => one.name === name);
      const { absent, schema } = keys[name];
      if (entry) return [name, schema(entry.place, reading)] as const;
      if (absent.kind === 'value') return [name, absent.value] as const;
      reportMissing(reading, place, name);
      return [name, undefined] as const;
    });
    return values.every(([, value]) => value !== undefined) ? (Object.fromEntries(values) as T) : undefined;
  };
}

/** A mapping whose keys are names that the author chose. */
export function named<T>(schema: Schema<T>): Schema<Record<string, T>> {
  return (place, reading) => {
    const entries = entriesOf(place, reading);
    if (!entries) return undefined;
    const values = entries.map(({ name, keyAt, place: value }) => {
      if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) {
        reading.findings.add({
          at: keyAt,
          code: 'invalid-value',
          message: `“${name}” is no name.`,
          mend: 'Use letters, digits, `-`, `_` and `.`, and begin with a letter or digit.',
        });
      }
      return [name, schema(value, reading)] as const;
    });
    return values.every(([, value]) => value !== undefined)
      ? (Object.fromEntries(values) as Record<string, T>)
      : undefined;
  };
}

export function list<T>(schema: Schema<T>): Schema<T[]> {
  return (place, reading) => {
    if (!isSeq(place.node)) return wrongType(place, reading, 'a list');
    const values = place.node.items.map((item, i) =>
      schema(reading.below(place, String(i + 1), item as Node | null, place.at), reading),
    );
    return values.every((value) => value !== undefined) ? (values as T[]) : undefined;
  };
}

/** The keys that a mapping may have. */
export type Keys<T> = { [K in keyof T]-?: Key<T[K]> };

/** A mapping whose `kind` says which other keys it has. */
export function tagged<T extends { kind: string }>(
  shapes: {
    [K in T['kind']]: Keys<Omit<Extract<T, { kind: K }>, 'kind'>>;
  },
): Schema<T> {
  const kinds = Object.keys(shapes) as T['kind'][];
  return (place, reading) => {
    const entries = entriesOf(place, reading);
    if (!entries) return undefined;
    const entry = entries.find(({ name }) => name === 'kind');
    if (!entry) return reportMissing(reading, place, 'kind');
    const kind = choice(kinds)(entry.place, reading);
    if (kind === undefined) return undefined;
    const keys = { kind: required(choice([kind])), ...shapes[kind] } as unknown as Keys<T>;
    return mapping(keys)(place, reading);
  };
}

export const text: Schema<string> = (place, reading) => {
  const value = scalarOf(place);
  return typeof value === 'string' && value !== '' ? value : wrongType(place, reading, 'text');
};

export const truth: Schema<boolean> = (place, reading) => {
  const value = scalarOf(place);
  return typeof value === 'boolean' ? value : wrongType(place, reading, '`true` or `false`');
};

export function number({
  least,
  most,
  whole = false,
}: {
  least: number;
  most: number;
  whole?: boolean;
}): Schema<number> {
  return (place, reading) => {
    const value = scalarOf(place);
    if (typeof value !== 'number') return wrongType(place, reading, 'a number');
    if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
    return refuse(place, reading, {
      code: 'out-of-range',
      message: `${place.path} is ${value}.`,
      mend: `Give a ${whole ? 'whole ' : ''}number from ${least} to ${most}.`,
    });
  };
}

export function choice<const T extends string>(choices: readonly T[]): Schema<T> {
  return (place, reading) => {
    const value = scalarOf(place);
    const found = choices.find((one) => one === value);
    if (found !== undefined) return found;
    return refuse(place, reading, {
      code: 'invalid-value',
      message: `${place.path} is “${String(value)}”.`,
      mend: `Write ${choices.map((one) => `\`${one}\``).join(', ')}${nearest(String(value), choices)}.`,
    });
  };
}

/** Text that `read` understands; `example` shows what it does. */
export function parsed<T>(read: (text: string) => T | undefined, example: string): Schema<T> {
  return (place, reading) => {
    const value = scalarOf(place);
    const result = typeof value === 'string' || typeof value === 'number' ? read(String(value)) : undefined;
    if (result !== undefined) return result;
    return refuse(place, reading, {
      code: 'invalid-value',
      message: `${place.path} ${value === undefined ? 'has a value of another kind' : `is “${String(value)}”`}.`,
      mend: `Write it like ${example}.`,
    });
  };
}

/** The value with its place, for what can be checked only when the whole file is read. */
export interface Located<T> {
  value: T;
  at: Position;
}

export function located<T>(schema: Schema<T>): Schema<Located<T>> {
  return (place, reading) => {
    const value = schema(place, reading);
    return value === undefined ? undefined : { value, at: place.at };
  };
}

/** What was read, as the program wants it. */
export function mapped<T, R>(schema: Schema<T>, convert: (value: T) => R): Schema<R> {
  return (place, reading) => {
    const value = schema(place, reading);
    return value === undefined ? undefined : convert(value);
  };
}

/** One schema for mappings, another one for all else. */
export function mappingOr<M, S>(ofMapping: Schema<M>, otherwise: Schema<S>): Schema<M | S> {
  return (place, reading) => (isMap(place.node) ? ofMapping(place, reading) : otherwise(place, reading));
}

/** ` (did you mean …?)` if a candidate is near. */
export function nearest(name: string, candidates: readonly string[]): string {
  if (candidates.length === 0) return '';
  const candidate = closest(name, [...candidates]);
  return distance(name, candidate) <= Math.max(1, name.length / 3) ? ` (did you mean \`${candidate}\`?)` : '';
}

interface Entry {
  name: string;
  keyAt: Position;
  place: Place;
}

function entriesOf(place: Place, reading: Reading): Entry[] | undefined {
  if (!isMap(place.node)) return wrongType(place, reading, 'a mapping');
  return place.node.items.map(({ key, value }) => {
    const keyNode = key as Scalar;
    const name = String(isScalar(keyNode) ? keyNode.value : keyNode);
    const keyAt = reading.positionOf(keyNode);
    return { name, keyAt, place: reading.below(place, name, (value ?? null) as Node | null, keyAt) };
  });
}

function reportMissing({ findings }: Reading, place: Place, name: string): undefined {
  findings.add({
    at: place.at,
    code: 'missing-key',
    message: `${place.path || 'The file'} has no \`${name}\`.`,
    mend: `Add \`${name}:\`.`,
  });
}

function reportUnknown(
  { findings }: Reading,
  place: Place,
  { name, keyAt, names }: { name: string; keyAt: Position; names: readonly string[] },
): void {
  findings.add({
    at: keyAt,
    code: 'unknown-key',
    message: `${place.path || 'The file'} takes no \`${name}\`.`,
    mend: `Remove it, or write one of ${names.map((one) => `\`${one}\``).join(', ')}${nearest(name, names)}.`,
  });
}

function scalarOf({ node }: Place): unknown {
  return isScalar(node) ? node.value : undefined;
}

function wrongType(place: Place, reading: Reading, wanted: string): undefined {
  return refuse(place, reading, {
    code: 'wrong-type',
    message: `${place.path || 'The file'} is not ${wanted}.`,
    mend: `Write ${wanted} here.`,
  });
}

function refuse(
  { at }: Place,
  { findings }: Reading,
  finding: { code: 'wrong-type' | 'invalid-value' | 'out-of-range'; message: string; mend: string },
): undefined {
  findings.add({ at, ...finding });
  return undefined;
}
