import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../expressions/parse.ts';
import { anyType, arrayOf, exactly, mapOf, numberType, stringType, typeWords } from './expression-type.ts';
import { infer, type TypeProblem } from './infer.ts';

const contexts = {
  github: exactly({ sha: stringType, event: mapOf(anyType) }),
  matrix: exactly({ os: stringType, n: numberType, list: arrayOf(exactly({ id: stringType })) }),
  env: mapOf(stringType),
};

function inferText(source: string): { type: string; problems: TypeProblem[] } {
  const problems: TypeProblem[] = [];
  const type = infer(
    { source, contexts, report: (problem) => problems.push(problem) },
    parseExpression(source),
  );
  return { type: typeWords(type), problems };
}

describe('types of expressions', () => {
  it.each([
    ["'a'", 'a string'],
    ['1', 'a number'],
    ['null', 'null'],
    ['!github.sha', 'a boolean'],
    ['github.SHA', 'a string'],
    ['github.event.x.y', 'any value'],
    ['matrix.list[0].id', 'a string'],
    ['matrix.list.*.id', 'an array'],
    ["github['sha']", 'a string'],
    ['env.ANY', 'a string'],
    ['matrix.n == 1 && matrix.n < 2', 'a boolean'],
    ["matrix.os || 'x'", 'a string'],
    ["matrix.os == 'x' && 'y' || 'z'", 'any value'],
    ["case(matrix.n == 1, 'x', 'y')", 'a string'],
    ['toJSON(matrix)', 'a string'],
    ["fromJSON('[1]')", 'an array'],
    ['fromJSON(env.X)', 'any value'],
    ['unheard', 'any value'],
  ])('%s is %s', (source, expected) => {
    expect(inferText(source)).toEqual({ type: expected, problems: [] });
  });

  it.each([
    ['matrix.oss', 'unknown-property', 7],
    ['github.sha.length', 'type-mismatch', 11],
    ["matrix.list['x']", 'type-mismatch', 12],
    ['startsWith(matrix.list, env.X)', 'type-mismatch', 18],
    ['matrix.list == matrix.n', 'invalid-comparison', 12],
    ["format('{1}', 1)", 'invalid-format', 0],
    ['github.sha ==\n matrix.gone', 'unknown-property', 22],
  ])('%s has the problem %s', (source, code, offset) => {
    expect(inferText(source).problems).toMatchObject([{ code, offset }]);
  });
});
