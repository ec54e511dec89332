import { Array as ArrayData } from '@actions/expressions/data/array';
import { BooleanData } from '@actions/expressions/data/boolean';
import { Dictionary } from '@actions/expressions/data/dictionary';
import type { ExpressionData } from '@actions/expressions/data/expressiondata';
import { NumberData } from '@actions/expressions/data/number';
import { reviver } from '@actions/expressions/data/reviver';
import { StringData } from '@actions/expressions/data/string';
import { Evaluator } from '@actions/expressions/evaluator';
import { Lexer } from '@actions/expressions/lexer';
import { Parser } from '@actions/expressions/parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from './evaluate.ts';
import type { Value } from './value.ts';

/** Values in which GitHub's two evaluators agree: ASCII text without quotes, numbers with few digits. */
const contexts = {
  github: {
    ref: 'refs/heads/Main',
    event: {
      number: 7,
      half: 0.5,
      draft: false,
      body: null,
      labels: [{ name: 'bug', id: 1 }, { name: 'Docs' }, { id: 3 }],
      commits: [{ files: ['a.ts', 'B.ts'] }, { files: ['c.ts'] }],
    },
  },
  matrix: { os: 'ubuntu', size: '12', on: true, list: [1, 'two', null, [3], { k: 'v' }] },
};

function evaluateByGitHub(source: string): Value {
  const tokens = new Lexer(source).lex().tokens;
  const tree = new Parser(tokens, ['github', 'matrix'], []).parse();
  const data = JSON.parse(JSON.stringify(contexts), reviver) as Dictionary;
  return toPlain(new Evaluator(tree, data).evaluate());
}

function toPlain(data: ExpressionData): Value {
  if (data instanceof ArrayData) return data.values().map(toPlain);
  if (data instanceof Dictionary) {
    return Object.fromEntries(data.pairs().map(({ key, value }) => [key, toPlain(value)]));
  }
  const isSingle = data instanceof StringData || data instanceof NumberData || data instanceof BooleanData;
  return isSingle ? data.value : null;
}

const { expression } = fc.letrec<{ expression: string; access: string }>((tie) => {
  const part = tie('expression');
  const key = fc.constantFrom(
    'ref',
    'EVENT',
    'number',
    'half',
    'labels',
    'commits',
    'files',
    'name',
    'id',
    'os',
    'k',
    'no',
  );
  const step = fc.oneof(
    key.map((name) => `.${name}`),
    key.map((name) => `['${name}']`),
    fc.nat(4).map((index) => `[${index}]`),
    fc.constantFrom('.*', '[*]'),
  );
  const call = (name: string, ...args: fc.Arbitrary<string>[]) =>
    fc.tuple(...args).map((texts) => `${name}(${texts.join(', ')})`);
  const single = fc.oneof(
    fc.constantFrom('true', 'false', 'null', "''", "'Main'", "'main'", "'12'", "' 7 '", "'x'", "'0x10'"),
    fc.integer({ min: -20, max: 20 }).map(String),
  );
  return {
    access: fc
      .tuple(fc.constantFrom('github', 'Matrix'), fc.array(step, { maxLength: 4 }))
      .map(([name, steps]) => name + steps.join('')),
    expression: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      single,
      tie('access'),
      fc
        .tuple(part, fc.constantFrom('==', '!=', '<', '<=', '>', '>=', '&&', '||'), part)
        .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
      part.map((operand) => `!(${operand})`),
      call('contains', part, part),
      call('startsWith', part, part),
      call('endsWith', part, part),
      call('format', fc.constant("'{0}-{{{1}}}-{0}'"), part, part),
      call('join', part, single),
      call('join', part),
      call('toJSON', part),
      part.map((operand) => `fromJSON(toJSON(${operand}))`),
      call('case', fc.constantFrom('true', 'false'), part, part),
    ),
  };
});

describe("GitHub's own evaluator", () => {
  it('gives the same value for a random expression', () => {
    fc.assert(
      fc.property(expression, (source) => {
        expect(evaluate(source, { contexts })).toEqual(evaluateByGitHub(source));
      }),
      { numRuns: 3_000 },
    );
  });
});
