import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFilterPattern, matchesPattern } from './filter-pattern.ts';

function matches(pattern: string, name: string): boolean {
  return matchesPattern(compileFilterPattern(pattern), name);
}

/** Rows of GitHub's cheat sheet, each with names that must match and, where it has any to tell apart, names that must not. */
const cheatSheet: [pattern: string, matching: string[], others: string[]][] = [
  [
    'feature/*',
    ['feature/my-branch', 'feature/your-branch'],
    ['feature/beta-a/my-branch', 'feature', 'features/x'],
  ],
  [
    'feature/**',
    ['feature/beta-a/my-branch', 'feature/your-branch', 'feature/mona/the/octocat'],
    ['feature'],
  ],
  ['main', ['main'], ['mainline', 'Main', 'my/main']],
  ['releases/mona-the-octocat', ['releases/mona-the-octocat'], ['releases/mona']],
  ['*', ['main', 'releases', 'README.md', 'server.rb'], ['all/the/branches']],
  ['**', ['all/the/branches', 'every/tag', 'all/the/files.md', ''], []],
  ['*feature', ['mona-feature', 'feature', 'ver-10-feature'], ['mona/feature', 'features']],
  ['v2*', ['v2', 'v2.0', 'v2.9'], ['v1', 'v2/x', 'xv2']],
  ['v[12].[0-9]+.[0-9]+', ['v1.10.1', 'v2.0.0'], ['v3.0.0', 'v1.10', 'v1..1', 'v1x0x1', 'v1.0.0-rc']],
  ['*.jsx?', ['page.js', 'page.jsx'], ['page.jsxx', 'page.j', 'a/page.js']],
  ['*.js', ['app.js', 'index.js'], ['js/index.js', 'app.jsx']],
  ['**.js', ['index.js', 'js/index.js', 'src/js/app.js'], ['index.ts']],
  ['docs/*', ['docs/README.md', 'docs/file.txt'], ['docs/a/file.txt', 'docs', 'a/docs/file.txt']],
  ['docs/**', ['docs/README.md', 'docs/mona/octocat.txt'], ['docs', 'mydocs/x']],
  [
    'docs/**/*.md',
    ['docs/README.md', 'docs/mona/hello-world.md', 'docs/a/markdown/file.md'],
    ['docs/a.txt', 'docs.md'],
  ],
  [
    '**/docs/**',
    ['docs/hello.md', 'dir/docs/my-file.txt', 'space/docs/plan/space.doc'],
    ['mydocs/x', 'docs'],
  ],
  ['**/README.md', ['README.md', 'js/README.md'], ['MYREADME.md', 'README.md/x']],
  ['**/*src/**', ['a/src/app.js', 'my-src/code/js/app.js'], ['srcs/app.js', 'src']],
  ['**/*-post.md', ['my-post.md', 'path/their-post.md'], ['post.md']],
  [
    '**/migrate-*.sql',
    ['migrate-10909.sql', 'db/migrate-v1.0.sql', 'db/sept/migrate-v1.sql'],
    ['db/migrate.sql'],
  ],
];

describe('the filter pattern', () => {
  it.each(cheatSheet)('%s', (pattern, matching, others) => {
    for (const name of matching) expect(matches(pattern, name), name).toBe(true);
    for (const name of others) expect(matches(pattern, name), name).toBe(false);
  });

  it.each([
    ['[CB]at', 'Cat', 'cat'],
    ['[1-2]00', '200', '300'],
    ['[0-9a-z]+', 'a9z', 'A'],
    ['[a-]', '-', 'b'],
    ['ab?c', 'ac', 'abbc'],
    ['ab+c', 'abbbc', 'ac'],
    ['a[bc]?', 'a', 'abc'],
    ['[ab]?+', 'abab', 'c'],
    ['a?', '', 'aa'],
    ['x/a?b', 'x/b', 'x/aab'],
    ['a\\*b', 'a*b', 'axb'],
    ['a\\?', 'a?', 'a'],
    ['\\[a]', '[a]', 'a'],
    ['\\!x', '!x', 'x'],
    ['a\\\\b', 'a\\b', 'ab'],
    ['a/**/b', 'a/b', 'ab'],
    ['a/**/b', 'a/x/y/b', 'a/xb'],
    ['a**/b', 'ax/y/b', 'ab'],
    ['(a|b){1}', '(a|b){1}', 'a'],
    ['a.b', 'a.b', 'axb'],
    ['é?x', 'x', 'ex'],
    ['😀+', '😀😀', '😀x'],
  ])('%s matches %s and not %s', (pattern, matching, other) => {
    expect(matches(pattern, matching)).toBe(true);
    expect(matches(pattern, other)).toBe(false);
  });

  it.each([
    ['?x', '?x'],
    ['+', '+'],
    ['[', '['],
    ['[a', '[a'],
    ['[]', '[]'],
    ['a\\', 'a\\'],
  ])('%s has nothing special and means itself', (pattern, name) => {
    expect(matches(pattern, name)).toBe(true);
  });

  it('answers where a regular expression would try for ages', () => {
    const stars = `${'*a'.repeat(60)}*b`;
    expect(matches(stars, 'a'.repeat(3_000))).toBe(false);
    expect(matches(stars, `${'a'.repeat(3_000)}b`)).toBe(true);
    expect(matches(`${'a?'.repeat(2_000)}${'a'.repeat(20)}`, 'a'.repeat(1_000))).toBe(true);
    expect(matches('**/'.repeat(300), 'x/'.repeat(300))).toBe(true);
  });
});

describe('a random pattern', () => {
  const atom = fc.constantFrom(
    ...[
      ['a', 'a'],
      ['b', 'b'],
      ['.', '\\.'],
      ['a?', 'a?'],
      ['b+', 'b+'],
      ['[ab]', '[ab]'],
      ['[a-z]+', '[a-z]+'],
      ['\\*', '\\*'],
      ['*', '[^/]*'],
      ['**', '.*'],
    ].map(([text, regex]) => ({ text: text!, regex: regex! })),
  );
  const isStar = ({ text }: { text: string }) => text === '*' || text === '**';
  /** Neighbouring stars would be another token. */
  const segment = fc
    .array(atom, { minLength: 1, maxLength: 4 })
    .map((atoms) => atoms.filter((one, i) => !(i > 0 && isStar(one) && isStar(atoms[i - 1]!))));
  const pattern = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => {
    const text = segments.map((atoms) => atoms.map((one) => one.text).join('')).join('/');
    const regex = segments.map((atoms, i) => {
      const isLast = i === segments.length - 1;
      if (!isLast && atoms.length === 1 && atoms[0]!.text === '**') return '(?:.*/)?';
      return atoms.map((one) => one.regex).join('') + (isLast ? '' : '/');
    });
    return { text, regex: new RegExp(`^${regex.join('')}$`, 's') };
  });
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '.', '/', '*', 'z'), maxLength: 8 });

  it('matches what its translation to a regular expression matches', () => {
    fc.assert(
      fc.property(pattern, fc.array(name, { minLength: 5, maxLength: 20 }), ({ text, regex }, names) => {
        for (const one of names) expect(matches(text, one), `${text} ~ ${one}`).toBe(regex.test(one));
      }),
      { numRuns: 3_000 },
    );
  });

  it('looks at each place at most twice for each character of a name', () => {
    const stars = fc.array(fc.constantFrom('*', '**', '**/', 'a?', 'a+', '[ab]+', 'a', '/'), {
      maxLength: 30,
    });
    const names = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 200 });
    fc.assert(
      fc.property(stars, names, (tokens, one) => {
        let looks = 0;
        const { prefix, states } = compileFilterPattern(tokens.join(''));
        const counting = states.map(({ advances, stays, skips }) => ({
          advances: (symbol: string) => ++looks > 0 && advances(symbol),
          stays: (symbol: string) => ++looks > 0 && stays(symbol),
          skips,
        }));
        expect(matchesPattern({ prefix, states: counting }, one)).toBe(matches(tokens.join(''), one));
        expect(looks).toBeLessThanOrEqual(2 * states.length * one.length);
      }),
    );
  });
});
