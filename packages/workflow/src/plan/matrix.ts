import { findProperty } from '../expressions/access.ts';
import { displayString } from '../expressions/coercion.ts';
import { looselyEqual } from '../expressions/comparison.ts';
import type { Value } from '../expressions/value.ts';

export type MatrixExpansion = { kind: 'legs'; legs: MatrixLeg[] } | { kind: 'invalid'; reason: string };

export interface MatrixLeg {
  /** The `matrix` context. */
  values: Mapping;
  /** What the leg's name shows: the scalars of its own vectors, without what an `include` added. */
  shown: string[];
}

type Mapping = { [key: string]: Value };

/** GitHub's limit of legs for one job. */
export const maxLegs = 256;

/** Combinations that are looked through for an `exclude` to leave few enough of them. */
const maxCombinations = 1_000_000;

/**
 * Expands an evaluated `strategy.matrix`: the cross product of its vectors in the order in which they are written,
 * less what an `exclude` matches, each combination extended by the `include` entries that match it; those that match
 * none become legs of their own, at the end. Filters compare leaf by leaf with the `==` of expressions, and an
 * `include` never changes a vector's value. If nothing is left, there are no legs and GitHub runs the job once.
 * @see actions/runner, src/Sdk/WorkflowParser/Conversion/MatrixBuilder.cs and ConvertToStrategy
 */
export function expandMatrix(matrix: Value): MatrixExpansion {
  const parts = readMatrix(matrix);
  if (typeof parts === 'string') return { kind: 'invalid', reason: parts };
  const legs: MatrixLeg[] = [];
  for (const combination of combinationsOf(parts.vectors)) {
    if (parts.exclude.some((filter) => matches(combination, filter))) continue;
    const extra: Mapping = {};
    for (const include of parts.include) {
      if (!matches(combination, include.filter)) continue;
      include.matched = true;
      Object.assign(extra, include.extra);
    }
    legs.push({ values: { ...combination, ...extra }, shown: scalarsOf(combination) });
    if (legs.length > maxLegs) break;
  }
  for (const { matched, own } of parts.include) {
    if (!matched) legs.push({ values: own, shown: scalarsOf(own) });
  }
  if (legs.length > maxLegs) {
    return { kind: 'invalid', reason: `The matrix yields more than ${maxLegs} legs.` };
  }
  return { kind: 'legs', legs };
}

interface MatrixParts {
  vectors: [string, Value[]][];
  include: IncludeEntry[];
  exclude: Filter[];
}

interface IncludeEntry {
  filter: Filter;
  extra: Mapping;
  /** The filter's values, then the extra ones: the leg that it becomes if it matches no combination. */
  own: Mapping;
  matched: boolean;
}

/** Every leaf must be equal; a filter without leaves matches all. */
type Filter = { path: (string | number)[]; leaf: Value }[];

function readMatrix(matrix: Value): MatrixParts | string {
  if (!isMapping(matrix)) return 'The matrix is not a mapping.';
  const vectors: [string, Value[]][] = [];
  for (const [name, vector] of Object.entries(matrix)) {
    if (name === 'include' || name === 'exclude') continue;
    if (!Array.isArray(vector)) return `The matrix vector '${name}' is not a sequence.`;
    if (vector.length === 0) return `The matrix vector '${name}' has no values.`;
    vectors.push([name, vector]);
  }
  if (vectors.reduce((product, [, { length }]) => product * length, 1) > maxCombinations) {
    return `The matrix has more than ${maxCombinations} combinations.`;
  }
  const names = new Set(vectors.map(([name]) => name.toLowerCase()));
  const include = readEntries(matrix, 'include');
  if (typeof include === 'string') return include;
  const exclude = readEntries(matrix, 'exclude');
  if (typeof exclude === 'string') return exclude;
  if (vectors.length === 0 && include.length === 0) return 'The matrix has neither a vector nor an include.';
  for (const key of exclude.flatMap((entry) => Object.keys(entry))) {
    if (!names.has(key.toLowerCase()))
      return `The matrix excludes by '${key}', which is none of its vectors.`;
  }
  return {
    vectors,
    include: include.map((entry) => readInclude(entry, names)),
    exclude: exclude.map((entry) => leavesOf(entry)),
  };
}

function readEntries(matrix: Mapping, key: 'include' | 'exclude'): Mapping[] | string {
  const entries = matrix[key] === undefined ? [] : matrix[key];
  if (!Array.isArray(entries)) return `The matrix's ${key} is not a sequence.`;
  for (const entry of entries) {
    if (!isMapping(entry)) return `The matrix's ${key} has an entry that is not a mapping.`;
    if (Object.keys(entry).length === 0) return `The matrix's ${key} has an empty entry.`;
  }
  return entries as Mapping[];
}

function readInclude(entry: Mapping, vectors: Set<string>): IncludeEntry {
  const pairs = Object.entries(entry);
  const filter = pairs.filter(([key]) => vectors.has(key.toLowerCase()));
  const extra = pairs.filter(([key]) => !vectors.has(key.toLowerCase()));
  return {
    filter: leavesOf(Object.fromEntries(filter)),
    extra: Object.fromEntries(extra),
    own: Object.fromEntries([...filter, ...extra]),
    matched: false,
  };
}

/** The last vector varies fastest. */
function* combinationsOf(vectors: [string, Value[]][]): Generator<Mapping> {
  if (vectors.length === 0) return;
  const size = vectors.reduce((product, [, { length }]) => product * length, 1);
  for (let position = 0; position < size; position++) {
    const combination: Mapping = {};
    let block = size;
    for (const [name, vector] of vectors) {
      block /= vector.length;
      combination[name] = vector[Math.floor(position / block) % vector.length] ?? null;
    }
    yield combination;
  }
}

function matches(combination: Mapping, filter: Filter): boolean {
  return filter.every(({ path, leaf }) => looselyEqual(lookUp(combination, path), leaf));
}

function lookUp(value: Value, path: (string | number)[]): Value {
  let found: Value = value;
  for (const step of path) {
    if (typeof step === 'number') found = Array.isArray(found) ? (found[step] ?? null) : null;
    else found = isMapping(found) ? (findProperty(found, step, 'ignored') ?? null) : null;
  }
  return found;
}

function leavesOf(value: Value, path: (string | number)[] = []): Filter {
  if (Array.isArray(value)) return value.flatMap((item, index) => leavesOf(item, [...path, index]));
  if (isMapping(value)) {
    return Object.entries(value).flatMap(([key, item]) => leavesOf(item, [...path, key]));
  }
  return [{ path, leaf: value }];
}

/** In order, depth first; null and empty texts show nothing. */
function scalarsOf(value: Value): string[] {
  if (Array.isArray(value)) return value.flatMap(scalarsOf);
  if (isMapping(value)) return Object.values(value).flatMap(scalarsOf);
  const shown = displayString(value);
  return shown === '' ? [] : [shown];
}

function isMapping(value: Value | undefined): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
