import { describe, expect, it } from 'vitest';
import { isStatusFunctionUsed, referencesOf } from './references.ts';

const at = { line: 1, column: 1 };

function pathsOf(source: string): string[] {
  return referencesOf({ kind: 'expression', source, at }).map(({ path }) => path.join('.'));
}

describe('what a template reads', () => {
  it.each([
    ["'literal' == 1", []],
    ['github', ['github']],
    ["needs.build.outputs['tag'] && !env.A", ['needs.build.outputs.tag', 'env.A']],
    ['matrix[inputs.key].x', ['matrix.*.x', 'inputs.key']],
    ['fromJSON(needs.p.outputs.m).include.*', ['needs.p.outputs.m']],
    ['(github).event.*.name', ['github.event.*.name']],
    ['github.event.labels[0].name', ['github.event.labels.0.name']],
    ['case(a.x, b.y, hashFiles(c.z))', ['a.x', 'b.y', 'c.z']],
  ])('%s', (source, paths) => {
    expect(pathsOf(source)).toEqual(paths);
  });

  it('is found in keys, values, items and inserts', () => {
    const read = (source: string) => ({ kind: 'expression', source, at }) as const;
    const references = referencesOf({
      kind: 'mapping',
      at,
      entries: [
        {
          key: read('a.key'),
          value: { kind: 'sequence', at, items: [read('b.item'), { kind: 'literal', value: 1, at }] },
        },
        { key: { kind: 'insert', at }, value: read('c.all') },
      ],
    });
    expect(references).toEqual([
      { path: ['a', 'key'], at },
      { path: ['b', 'item'], at },
      { path: ['c', 'all'], at },
    ]);
  });
});

describe('a status function', () => {
  it.each([
    ['success()', true],
    ["github.ref == 'x' && ALWAYS()", true],
    ['!cancelled()', true],
    ["contains(fromJSON('[]'), failure())", true],
    ["'always()'", false],
    ['steps.success', false],
    ["contains('failure', 'x')", false],
  ])('in %s: %s', (source, used) => {
    expect(isStatusFunctionUsed(source)).toBe(used);
  });
});
