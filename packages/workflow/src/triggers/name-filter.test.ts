import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFilterPattern, matchesPattern } from './filter-pattern.ts';
import { takesIn } from './name-filter.ts';

describe('a list of patterns', () => {
  it.each([
    [['*.md', '!README.md'], 'hello.md', true],
    [['*.md', '!README.md'], 'README.md', false],
    [['*.md', '!README.md'], 'docs/hello.md', false],
    [['*.md', '!README.md', 'README*'], 'README.md', true],
    [['*.md', '!README.md', 'README*'], 'README.doc', true],
    [['releases/**', '!releases/**-alpha'], 'releases/10', true],
    [['releases/**', '!releases/**-alpha'], 'releases/beta/3-alpha', false],
    [['!releases/**-alpha', 'releases/**'], 'releases/10-alpha', true],
    [['!main'], 'other', false],
    [[], 'main', false],
  ])('%j on %s: %s', (patterns, name, isIn) => {
    expect(takesIn(patterns, name)).toBe(isIn);
  });

  it('is decided by the last pattern that matches', () => {
    const patterns = fc.array(fc.constantFrom('a*', '!a*', '*b', '!*b', '**', '!**', 'ab', '!ab'), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(patterns, fc.constantFrom('a', 'b', 'ab', 'a/b', 'c'), (list, name) => {
        const last = list.findLast((one) => matchesPattern(compileFilterPattern(one.replace('!', '')), name));
        expect(takesIn(list, name)).toBe(last !== undefined && !last.startsWith('!'));
      }),
    );
  });
});
