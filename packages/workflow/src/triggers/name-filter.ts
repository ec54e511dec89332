import { compileFilterPattern, matchesPattern } from './filter-pattern.ts';

/**
 * Whether a list of patterns takes a name in. The patterns are tried in order and the last that matches decides: one that
 * starts with `!` puts the name out again. A list of `!` patterns alone takes nothing in.
 */
export function takesIn(patterns: readonly string[], name: string): boolean {
  let isIn = false;
  for (const pattern of patterns) {
    const excludes = pattern.startsWith('!');
    if (excludes !== isIn) continue;
    if (matchesPattern(compileFilterPattern(excludes ? pattern.slice(1) : pattern), name)) isIn = !excludes;
  }
  return isIn;
}
