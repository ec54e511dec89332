import { describe, expect, it } from 'vitest';
import { evaluate } from './evaluate.ts';
import { ExpressionError } from './expression-error.ts';

const scope = { contexts: { github: { ref: 'x' }, env: {} } };

describe('an expression that is wrong', () => {
  it.each([
    ['githb.ref', "Unknown context 'githb' (did you mean 'github'?) in expression: githb.ref"],
    ['zzz', "Unknown context 'zzz' (available here: github, env) in expression: zzz"],
    [
      'steps.a',
      "The context 'steps' is not available here (available here: github, env) in expression: steps.a",
    ],
    [
      "contain('a', 'b')",
      "Unknown function 'contain' in expression: contain('a', 'b'); did you mean 'contains'?",
    ],
    ["contains('a')", "Too few parameters supplied: 'contains' at position 1 in expression: contains('a')"],
    ['always(1)', "Too many parameters supplied: 'always' at position 1 in expression: always(1)"],
    ['case(true, 1, 2, 3)', 'an odd number of parameters'],
    ['case(1, 2, 3)', 'Predicate 1 of case() must be true or false, it is 1'],
    ['github.ref ==', "Unexpected end of expression: '==' at position 12 in expression: github.ref =="],
    ['github.ref = 1', "Unexpected symbol: '='"],
    ["'open", "Unexpected symbol: ''open'"],
    ['1 2', "Unexpected symbol: '2'"],
    ['a..b', 'Unexpected symbol'],
    ['github.ref[', 'Unexpected'],
    ['0b11', "'0b11' is not a number"],
    ['', 'An expression was expected, there is none'],
    ["format('{1}', 1)", 'references more arguments than were supplied: {1}'],
    ["format('{0')", 'The following format string is invalid: {0'],
    ["format('}')", 'The following format string is invalid: }'],
    ["format('{0:x}', 1)", 'The following format string is invalid: {0:x}'],
    ["format('{256}', 1)", 'The following format string is invalid: {256}'],
    ["fromJSON('')", "fromJSON can't read an empty text"],
    ['fromJSON(\'{"a": }\')', "fromJSON can't read '{\"a\": }'"],
    ["fromJSON('[1] 2')", "fromJSON can't read '[1] 2'"],
  ])('%s', (source, message) => {
    expect(() => evaluate(source, scope)).toThrow(ExpressionError);
    expect(() => evaluate(source, scope)).toThrow(message);
  });

  it('names the line in an expression of several', () => {
    expect(() => evaluate('github.ref\n  == ==', scope)).toThrow('line 2, position 6');
  });

  it('keeps its source', () => {
    const error = catchError(() => evaluate('nope', scope));
    expect(error).toMatchObject({ name: 'ExpressionError', source: 'nope' });
  });
});

describe("GitHub's limits", () => {
  it('are 21,000 characters', () => {
    const longest = `'${'x'.repeat(20_998)}'`;
    expect(evaluate(longest, scope)).toHaveLength(20_998);
    expect(() => evaluate(`${longest} `, scope)).toThrow('longer than 21000 characters');
  });

  it('are 50 levels, in brackets, calls, chains and accesses', () => {
    const deep = (levels: number) => `${'!'.repeat(levels - 1)}true`;
    expect(evaluate(deep(50), scope)).toBe(false);
    const tooDeep = 'nested more than 50|Exceeded max expression depth 50';
    for (const source of [
      deep(51),
      `${'('.repeat(60)}1${')'.repeat(60)}`,
      Array(5_000).fill('1').join('=='),
      `github${'.a'.repeat(60)}`,
      `${"format('{0}', ".repeat(60)}1${')'.repeat(60)}`,
    ]) {
      expect(() => evaluate(source, scope)).toThrow(new RegExp(tooDeep));
    }
  });

  it('let long chains of && and || pass, which nest nothing', () => {
    expect(evaluate(Array(2_000).fill('true').join('&&'), scope)).toBe(true);
  });

  it('are 10 MiB of results, however they grow', () => {
    const big = { contexts: { inputs: { text: 'x'.repeat(1_000_000) } } };
    expect(evaluate("format('{0}{0}', inputs.text)", big)).toHaveLength(2_000_000);
    expect(() => evaluate("format('{0}{0}{0}{0}{0}{0}', inputs.text)", big)).toThrow(
      'larger than 10485760 bytes',
    );
    const list = { contexts: { inputs: { list: Array(6).fill('x'.repeat(1_000_000)) } } };
    expect(() => evaluate('join(inputs.list)', list)).toThrow('larger than');
    expect(() => evaluate('toJSON(inputs.list)', list)).toThrow('larger than');
    const many = { contexts: { inputs: { list: Array(100_000).fill(''), text: 'x'.repeat(1_000_000) } } };
    expect(() => evaluate('join(inputs.list, inputs.text)', many)).toThrow('larger than');
  });

  it('are 100 levels of JSON', () => {
    const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    expect(evaluate(`fromJSON('${nested(100)}')`, scope)).toBeInstanceOf(Array);
    expect(() => evaluate(`fromJSON('${nested(101)}')`, scope)).toThrow('more than 100 levels');
    expect(() => evaluate('fromJSON(inputs.j)', { contexts: { inputs: { j: nested(1_000_000) } } })).toThrow(
      'more than 100 levels',
    );
    const event = JSON.parse(nested(5_000));
    expect(() => evaluate('toJSON(github.event)', { contexts: { github: { event } } })).toThrow(
      'nested too deeply',
    );
  });
});

function catchError(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
