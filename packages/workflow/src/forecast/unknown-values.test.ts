import { expect, test } from 'vitest';
import type { Template } from '../model/template.ts';
import { unknownsOf } from './unknown-values.ts';

const at = { line: 1, column: 1 };
const unknown = { outputs: new Set(['build', 'lint-all']), inputs: new Map([['count', ['prepare']]]) };
const found = (source: string): string[] => unknownsOf({ kind: 'expression', source, at }, unknown);

test.each<[string, string[]]>([
  ['needs.build.outputs.x', ['build']],
  ['NEEDS . Build . outputs.x', ['build']],
  ["needs['lint-all'].outputs.x", ['lint-all']],
  ['needs.lint-all.outputs.x == needs.build.outputs.y', ['lint-all', 'build']],
  ['needs.build', ['build']],
  ['needs.build.result', []],
  ['needs.other.outputs.x', []],
  ['needs.*.outputs.x', ['build', 'lint-all']],
  ['needs[matrix.job].outputs.x', ['build', 'lint-all']],
  ['toJSON(needs)', ['build', 'lint-all']],
  ["github.ref == 'needs.build.outputs.x'", []],
  ["format('needs {0}', github.ref)", []],
  ['inputs.count > 1', ['prepare']],
  ['inputs.other', []],
  ['fromJSON(toJSON(inputs))', ['prepare']],
  ['success()', []],
])('%s needs the outputs of %j', (source, ids) => {
  expect(found(source)).toEqual(ids);
});

test('expressions are found in keys and values, at any depth', () => {
  const expression = (source: string): Template => ({ kind: 'expression', source, at });
  const template: Template = {
    kind: 'mapping',
    at,
    entries: [
      {
        key: { kind: 'expression', source: 'needs.build.outputs.k', at },
        value: { kind: 'sequence', at, items: [expression('inputs.count')] },
      },
    ],
  };
  expect(unknownsOf(template, unknown)).toEqual(['build', 'prepare']);
  expect(unknownsOf(undefined, unknown)).toEqual([]);
});
