/** An operator of a policy's condition, e.g. `ForAnyValue:StringLikeIfExists`. */
export interface Operator {
  /** Over several values of a key: one must fit, or all. Absent: the key has one value. */
  set: 'any' | 'all' | null;
  /** A key that is not there is no obstacle. */
  ifExists: boolean;
  test: Test;
}

type Test =
  | { kind: 'compare'; isNegated: boolean; compare: (value: string, wanted: string) => boolean }
  /** Whether the key is there at all. */
  | { kind: 'null' };

/** undefined: it is not known here. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
export function readOperator(name: string): Operator | undefined {
  const [, prefix, base = '', suffix] =
    /^(?:(ForAnyValue|ForAllValues):)?(.+?)(IfExists)?$/i.exec(name) ?? [];
  const test = base.toLowerCase() === 'null' ? ({ kind: 'null' } as const) : comparisonOf(base.toLowerCase());
  if (test === undefined) return undefined;
  const set = prefix === undefined ? null : prefix.toLowerCase() === 'foranyvalue' ? 'any' : 'all';
  return { set, ifExists: suffix !== undefined, test };
}

/**
 * Whether a condition holds. Pure.
 * @param values what the token has under the key; empty: nothing
 */
export function holds(
  { set, ifExists, test }: Operator,
  values: readonly string[],
  wanted: readonly string[],
): boolean {
  if (test.kind === 'null')
    return wanted.some((one) => (one.toLowerCase() === 'true') === (values.length === 0));
  const { isNegated, compare } = test;
  const fits = (value: string): boolean => isNegated !== wanted.some((one) => compare(value, one));
  if (values.length === 0) return ifExists || set === 'all' || (set === null && isNegated);
  if (set === 'any') return values.some(fits);
  if (set === 'all') return values.every(fits);
  return values.length === 1 && values.every(fits);
}

function comparisonOf(base: string): Test | undefined {
  const isNegated = base.startsWith('stringnot');
  const compare = comparisons[isNegated ? base.replace('not', '') : base];
  return compare === undefined ? undefined : { kind: 'compare', isNegated, compare };
}

const comparisons: Record<string, (value: string, wanted: string) => boolean> = {
  stringequals: (value, wanted) => value === wanted,
  stringequalsignorecase: (value, wanted) => value.toLowerCase() === wanted.toLowerCase(),
  stringlike: isLike,
  bool: (value, wanted) => value.toLowerCase() === wanted.toLowerCase(),
};

/** `*` stands for any characters, `?` for one; letters count as they are written. No pattern makes it try more than text times pattern. */
export function isLike(value: string, pattern: string): boolean {
  let at = 0;
  let place = 0;
  let star = -1;
  let retry = 0;
  while (at < value.length) {
    if (pattern[place] === '*') {
      star = place++;
      retry = at;
    } else if (place < pattern.length && (pattern[place] === '?' || pattern[place] === value[at])) {
      at++;
      place++;
    } else if (star !== -1) {
      place = star + 1;
      at = ++retry;
    } else return false;
  }
  while (pattern[place] === '*') place++;
  return place === pattern.length;
}
