import { describe, expect, it } from 'vitest';
import type { ExpressionTemplate, LiteralTemplate, MappingEntry, Template } from '../model/template.ts';
import {
  evaluateBoolean,
  evaluateCondition,
  evaluateNumber,
  evaluateString,
  evaluateTemplate,
} from './template.ts';

const at = { line: 3, column: 5 };
const scope = {
  contexts: { matrix: { list: ['a', ['b']], map: { x: 1, y: [2] }, text: 't', none: null, yes: true } },
  status: { success: true, failure: false, cancelled: false },
};

const expression = (source: string): ExpressionTemplate => ({ kind: 'expression', source, at });
const literal = (value: LiteralTemplate['value']): LiteralTemplate => ({ kind: 'literal', value, at });
const sequence = (...items: Template[]): Template => ({ kind: 'sequence', items, at });
const mapping = (...entries: MappingEntry[]): Template => ({ kind: 'mapping', entries, at });
const insert = (value: Template): MappingEntry => ({ key: { kind: 'insert', at }, value });

describe('a template', () => {
  it('becomes data, in its order', () => {
    const template = mapping(
      { key: literal('b'), value: expression('matrix.text') },
      { key: literal('a'), value: sequence(literal(1), expression('matrix.map')) },
      { key: expression("format('k-{0}', matrix.text)"), value: literal(null) },
    );
    const value = evaluateTemplate(template, scope);
    expect(value).toEqual({ b: 't', a: [1, { x: 1, y: [2] }], 'k-t': null });
    expect(Object.keys(value as object)).toEqual(['b', 'a', 'k-t']);
  });

  it('splices a sequence that an item yields into the sequence around it, one level deep', () => {
    const template = sequence(literal(0), expression('matrix.list'), sequence(literal(9)));
    expect(evaluateTemplate(template, scope)).toEqual([0, 'a', ['b'], [9]]);
  });

  it('puts the entries of an insert in its place', () => {
    const template = mapping({ key: literal('first'), value: literal(1) }, insert(expression('matrix.map')), {
      key: literal('last'),
      value: literal(2),
    });
    expect(Object.entries(evaluateTemplate(template, scope) as object)).toEqual([
      ['first', 1],
      ['x', 1],
      ['y', [2]],
      ['last', 2],
    ]);
  });

  it('refuses an insert of something else, and a key twice', () => {
    expect(() => evaluateTemplate(mapping(insert(expression('matrix.list'))), scope)).toThrow(
      'insert takes a mapping, not a sequence',
    );
    const twice = mapping({ key: literal('X'), value: literal(1) }, insert(expression('matrix.map')));
    expect(() => evaluateTemplate(twice, scope)).toThrow("'x' is defined twice");
  });

  it('takes a key such as __proto__ for a key', () => {
    const value = evaluateTemplate(mapping({ key: literal('__proto__'), value: literal(1) }), scope);
    expect(Object.keys(value as object)).toEqual(['__proto__']);
  });

  it('says where its expression stands when it fails', () => {
    const place = expect.objectContaining({ at, source: 'nope.x' });
    for (const evaluateOne of [evaluateTemplate, evaluateString, evaluateBoolean, evaluateNumber]) {
      expect(() => evaluateOne(expression('nope.x'), scope)).toThrow(place);
    }
  });

  it('may yield 10 MiB altogether', () => {
    const big = { contexts: { inputs: { text: 'x'.repeat(1_000_000) } } };
    const times = (count: number) => sequence(...Array<Template>(count).fill(expression('inputs.text')));
    expect(evaluateTemplate(times(5), big)).toHaveLength(5);
    expect(() => evaluateTemplate(times(6), big)).toThrow('larger than 10485760 bytes');
  });
});

describe('a key of one type', () => {
  it('takes text from every single value', () => {
    expect(evaluateString(literal('x'), scope)).toBe('x');
    expect(evaluateString(literal(1.1), scope)).toBe('1.1');
    expect(evaluateString(literal(null), scope)).toBe('');
    expect(evaluateString(expression('matrix.none'), scope)).toBe('');
    expect(evaluateString(expression('matrix.yes'), scope)).toBe('true');
    expect(() => evaluateString(expression('matrix.list'), scope)).toThrow(
      'A text was expected, not a sequence',
    );
  });

  it('takes booleans only, not text that looks like one', () => {
    expect(evaluateBoolean(literal(false), scope)).toBe(false);
    expect(evaluateBoolean(expression('matrix.yes'), scope)).toBe(true);
    expect(() => evaluateBoolean(expression("'false'"), scope)).toThrow(
      "true or false was expected, not 'false'",
    );
    expect(() => evaluateBoolean(expression('matrix.none'), scope)).toThrow('not null');
  });

  it('takes numbers only', () => {
    expect(evaluateNumber(expression("fromJSON('5')"), scope)).toBe(5);
    expect(() => evaluateNumber(expression("'5'"), scope)).toThrow("A number was expected, not '5'");
  });

  it('goes by truthiness in a condition', () => {
    expect(evaluateCondition(expression('success()'), scope)).toBe(true);
    expect(evaluateCondition(expression('success() && failure()'), scope)).toBe(false);
    expect(evaluateCondition(expression("'false'"), scope)).toBe(true);
    expect(evaluateCondition(expression('matrix.none'), scope)).toBe(false);
    expect(evaluateCondition(expression('matrix.list'), scope)).toBe(true);
  });
});
