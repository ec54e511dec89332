import { describe, expect, it } from 'vitest';
import { evaluate } from './evaluate.ts';
import type { EvaluationScope, Value } from './value.ts';

const contexts: { [key: string]: Value } = {
  github: {
    ref: 'refs/heads/main',
    event_name: 'push',
    event: {
      number: 7,
      draft: false,
      body: null,
      labels: [{ name: 'bug', id: 1 }, { name: 'Docs' }, { id: 3 }],
      commits: [{ files: ['a.ts', 'b.ts'] }, { files: ['c.ts'] }],
    },
  },
  env: { NODE: '24', node: 'lower' },
  matrix: { os: 'ubuntu', nested: { a: { v: 1 }, b: { v: 2 }, c: 'no object' } },
  steps: {},
};

const scope: EvaluationScope = { contexts, status: { success: true, failure: false, cancelled: false } };

function table(rows: [source: string, value: Value][]): void {
  it.each(rows)('%s', (source, value) => {
    expect(evaluate(source, scope)).toEqual(value);
  });
}

describe('literals', () => {
  table([
    ['true', true],
    ['false', false],
    ['null', null],
    ['42', 42],
    ['-9.2', -9.2],
    ['0xff', 255],
    ['0o17', 15],
    ['-2.99e-2', -0.0299],
    ['.5', 0.5],
    ['Infinity', Infinity],
    ['NaN', Number.NaN],
    ["'text'", 'text'],
    ["''", ''],
    ["'It''s ''open'' source'", "It's 'open' source"],
    ["'a\nb'", 'a\nb'],
    ["'null'", 'null'],
  ]);
});

describe('operators', () => {
  table([
    // `&&` and `||` give the operand that decides.
    ["'' || 'default'", 'default'],
    ["'a' && 'b'", 'b'],
    ['0 && 1', 0],
    ["null || false || ''", ''],
    ["github.ref == 'refs/heads/main' && 'yes' || 'no'", 'yes'],
    ['false && steps.x.y || 2', 2],
    // What is truthy.
    ['!0', true],
    ["!'0'", false],
    ["!'false'", false],
    ['!NaN', true],
    ['!null', true],
    ['!steps', false],
    ["!fromJSON('[]')", false],
    ['!!1', true],
    // Strings ignore case; other kinds are compared as numbers.
    ["'ABC' == 'abc'", true],
    ["'straße' == 'STRASSE'", false],
    ["'ÄÖ' == 'äö'", true],
    ["'ı' == 'I'", false],
    ["1 == '1.0'", true],
    ["1 == ' 0x1 '", true],
    ["0 == ''", true],
    ['0 == null', true],
    ["null == ''", true],
    ['null == null', true],
    ['true == 1', true],
    ["true == '1'", true],
    ["true == 'true'", false],
    ["false == ''", true],
    ["1 == 'one'", false],
    ["NaN == 'one'", false],
    ['NaN != NaN', true],
    ['steps == steps', true],
    ["fromJSON('[]') == fromJSON('[]')", false],
    ['steps == 0', false],
    ["'a' < 'B'", true],
    ["'b' > 'A'", true],
    ["'10' < '9'", true],
    ["'10' < 9", false],
    ['1 < true', false],
    ['null >= 0', true],
    ["'x' > 1", false],
    ["'x' <= 1", false],
    ['steps <= steps', true],
    ['steps < steps', false],
    // Precedence: ! before comparison before equality before && before ||.
    ['1 == 2 || 3 == 3 && false', false],
    ['!false == true', true],
    ['1 < 2 == true', true],
    ['(1 == 2 || 3 == 3) && true', true],
  ]);
});

describe('access', () => {
  table([
    ['github.event.number', 7],
    ["GITHUB['Event'].NUMBER", 7],
    ['github.none.deeper', null],
    ['github.ref.length', null],
    ['github.event.labels[0].name', 'bug'],
    ["github.event.labels['1'].name", 'Docs'],
    ['github.event.labels[1.9].name', 'Docs'],
    ['github.event.labels[null].name', 'bug'],
    ['github.event.labels[true].name', 'Docs'],
    ['github.event.labels[-1]', null],
    ['github.event.labels[99]', null],
    ["github.event.labels['x']", null],
    ['github.event.labels.length', null],
    ["matrix[format('{0}', 'os')]", 'ubuntu'],
    ['fromJSON(\'{"1": "one"}\')[1]', 'one'],
    ['fromJSON(\'{"": 1}\')[null]', 1],
    ['fromJSON(\'{"constructor": 1}\').constructor', 1],
    ['github.constructor', null],
    ['github.__proto__', null],
    ['github.toString', null],
    // Names of environment variables keep their case.
    ['env.NODE', '24'],
    ['env.node', 'lower'],
    ['env.Node', null],
    ["(env)['NODE']", '24'],
  ]);

  it('finds an exact key before one that differs in case', () => {
    const keys = { contexts: { inputs: { a: 1, A: 2 } } };
    expect(evaluate('inputs.A', keys)).toBe(2);
    expect(evaluate('inputs.a', keys)).toBe(1);
  });
});

describe('filters', () => {
  table([
    ['github.event.labels.*.name', ['bug', 'Docs']],
    ['github.event.labels[*].id', [1, 3]],
    ['matrix.nested.*.v', [1, 2]],
    ['github.event.commits.*.files.*', ['a.ts', 'b.ts', 'c.ts']],
    ['github.event.commits.*.files[0]', ['a.ts', 'c.ts']],
    ['github.event.commits.*.files[5]', []],
    ['github.event.number.*', []],
    ['github.none.*.name', []],
    ["contains(github.event.labels.*.name, 'docs')", true],
    ["join(github.event.labels.*.name, ' ')", 'bug Docs'],
    ['toJSON(github.event.commits.*.files[1])', '[\n  "b.ts"\n]'],
  ]);

  it('yield ordinary arrays', () => {
    const value = evaluate('github.event.labels.*', scope);
    expect(Object.getPrototypeOf(value)).toBe(Array.prototype);
  });
});

describe('functions', () => {
  table([
    ["contains('Hello World', 'WORLD')", true],
    ["contains('abc', '')", true],
    ["contains(123, '2')", true],
    ["contains('abc', steps)", false],
    ["contains(steps, 'a')", false],
    ["contains(fromJSON('[\"push\", 1, null]'), 'PUSH')", true],
    ["contains(fromJSON('[1]'), '1')", true],
    ["contains(fromJSON('[null]'), 0)", true],
    ["contains(fromJSON('[]'), null)", false],
    ["startsWith('refs/tags/v1', 'REFS/TAGS/')", true],
    ['startsWith(123, 12)', true],
    ["startsWith(steps, 'O')", false],
    ["endsWith('page.JS', '.js')", true],
    ["endsWith('a', 'ba')", false],
    ["format('{0} {1} {0}', 'a', 2)", 'a 2 a'],
    ["format('{{0}} {{{0}}}', 'x')", '{0} {x}'],
    ["format('plain')", 'plain'],
    ["format('{0}|{1}|{2}|{3}', null, true, steps, 1.50)", '|true|Object|1.5'],
    ["format('{0}', fromJSON('[1]'))", 'Array'],
    ["format(1, 'x')", '1'],
    ['join(fromJSON(\'[1, null, true, "a", [2], {}]\'))', '1,,true,a,Array,Object'],
    ["join(fromJSON('[1, 2]'), ' - ')", '1 - 2'],
    ["join(fromJSON('[1, 2]'), steps)", '1,2'],
    ["join('single', '-')", 'single'],
    ["join(fromJSON('[]'))", ''],
    ['join(steps)', ''],
    ['case(false, 1, true, 2, 3)', 2],
    ['case(false, 1, 3)', 3],
    ["case(github.event_name == 'push', 'p', 'other')", 'p'],
    ["CASE(true, 1, fromJSON('not json'))", 1],
    ["toJSON('a\"b')", '"a\\"b"'],
    ['toJSON(null)', 'null'],
    ['toJSON(1e20)', '1E+20'],
    ['toJSON(steps)', '{}'],
    ["toJSON(fromJSON('[]'))", '[]'],
    [
      'TOJSON(fromJSON(\'{"a":[1,{"b":null}],"c":{}}\'))',
      '{\n  "a": [\n    1,\n    {\n      "b": null\n    }\n  ],\n  "c": {}\n}',
    ],
    ['fromJSON(\'{"a": [1, 2.5e1, "x", null, true]}\')', { a: [1, 25, 'x', null, true] }],
    ["fromJSON('true')", true],
    ["fromJSON(' 3 ')", 3],
    ["fromJSON('null')", null],
    ['fromJSON(true)', true],
    // As Newtonsoft.Json reads it.
    ["fromJSON('{''a'': [''b'', /* c */ 2,], d: 1}')", { a: ['b', 2], d: 1 }],
  ]);

  it('escape what JSON and JavaScript take for the end of a line', () => {
    const text = '\x85\u2028\u2029\x01\t';
    const quoted = evaluate('toJSON(inputs.t)', { contexts: { inputs: { t: text } } });
    expect(quoted).toBe('"\\u0085\\u2028\\u2029\\u0001\\t"');
  });
});

describe('functions that ask the scope', () => {
  it.each([
    ['success()', true],
    ['always()', true],
    ['failure()', false],
    ['cancelled()', false],
    ['Success() && !CANCELLED( )', true],
    ['failure() || always()', true],
  ])('%s', (source, value) => {
    expect(evaluate(source, scope)).toBe(value);
  });

  it('asks how the named needs ended', () => {
    const needs = { a: { result: 'success' }, b: { result: 'failure' }, c: { result: 'skipped' } };
    const withNeeds = { ...scope, contexts: { needs } };
    expect(evaluate("success('a')", withNeeds)).toBe(true);
    expect(evaluate("success('A', 'c')", withNeeds)).toBe(false);
    expect(evaluate("failure('a', 'b')", withNeeds)).toBe(true);
    expect(evaluate("failure('a', 'c')", withNeeds)).toBe(false);
    expect(() => evaluate("success('x')", withNeeds)).toThrow("'x' is not a need of this job");
  });

  it('hands all patterns of hashFiles over as text', () => {
    const asked: string[][] = [];
    const hashFiles = (patterns: string[]) => {
      asked.push(patterns);
      return 'abc';
    };
    expect(evaluate("hashFiles('**/package-lock.json', env.NODE, 1)", { contexts, hashFiles })).toBe('abc');
    expect(asked).toEqual([['**/package-lock.json', '24', '1']]);
  });

  it.each(['success()', 'always()', 'failure()', 'cancelled()', "hashFiles('*')"])(
    '%s needs a scope that answers',
    (source) => {
      expect(() => evaluate(source, { contexts: {} })).toThrow('is not available here');
    },
  );
});

describe('text with format and without', () => {
  it('leaves arguments that are not used unevaluated', () => {
    expect(evaluate("format('{1}', secrets.x, 'used')", scope)).toBe('used');
  });
});
