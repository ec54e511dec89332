import { describe, expect, test } from 'vitest';
import type { Value } from '../expressions/value.ts';
import { expandMatrix } from './matrix.ts';

function valuesOf(matrix: Value): unknown {
  const expansion = expandMatrix(matrix);
  return expansion.kind === 'legs' ? expansion.legs.map(({ values }) => values) : expansion.reason;
}

function shownOf(matrix: Value): unknown {
  const expansion = expandMatrix(matrix);
  return expansion.kind === 'legs' ? expansion.legs.map(({ shown }) => shown.join(', ')) : expansion.reason;
}

test('the last vector varies fastest', () => {
  expect(shownOf({ os: ['linux', 'windows'], node: [20, 22], arch: ['x64', 'arm64'] })).toEqual([
    'linux, 20, x64',
    'linux, 20, arm64',
    'linux, 22, x64',
    'linux, 22, arm64',
    'windows, 20, x64',
    'windows, 20, arm64',
    'windows, 22, x64',
    'windows, 22, arm64',
  ]);
});

describe('include', () => {
  // The example of GitHub's documentation.
  test('extends the combinations it matches, adds what matches none, and never changes a vector', () => {
    const matrix = {
      fruit: ['apple', 'pear'],
      animal: ['cat', 'dog'],
      include: [
        { color: 'green' },
        { color: 'pink', animal: 'cat' },
        { fruit: 'apple', shape: 'circle' },
        { fruit: 'banana' },
        { fruit: 'banana', animal: 'cat' },
      ],
    };
    expect(valuesOf(matrix)).toEqual([
      { fruit: 'apple', animal: 'cat', color: 'pink', shape: 'circle' },
      { fruit: 'apple', animal: 'dog', color: 'green', shape: 'circle' },
      { fruit: 'pear', animal: 'cat', color: 'pink' },
      { fruit: 'pear', animal: 'dog', color: 'green' },
      { fruit: 'banana' },
      { fruit: 'banana', animal: 'cat' },
    ]);
  });

  test('alone makes a leg of each entry', () => {
    expect(valuesOf({ include: [{ a: 1 }, { a: 2, b: [3] }] })).toEqual([{ a: 1 }, { a: 2, b: [3] }]);
  });

  test('is not shown in the names of the legs that it extends, but in those that it adds', () => {
    const matrix = {
      os: ['linux'],
      include: [
        { os: 'linux', experimental: true },
        { os: 'mac', arch: 'arm64' },
      ],
    };
    expect(shownOf(matrix)).toEqual(['linux', 'mac, arm64']);
  });

  test('puts the values of vectors before others in the legs that it adds', () => {
    expect(shownOf({ os: ['linux'], include: [{ arch: 'arm64', os: 'mac' }] })).toEqual([
      'linux',
      'mac, arm64',
    ]);
  });
});

describe('exclude', () => {
  test('compares as expressions do: without case, and text with numbers', () => {
    const matrix = { os: ['Linux', 'mac'], v: [10, 11], exclude: [{ os: 'linux', v: '10' }] };
    expect(shownOf(matrix)).toEqual(['Linux, 11', 'mac, 10', 'mac, 11']);
  });

  test('matches objects by the keys that it names', () => {
    const matrix = {
      target: [
        { name: 'web', node: 20 },
        { name: 'web', node: 22 },
        { name: 'api', node: 20 },
      ],
      exclude: [{ target: { name: 'web', node: 22 } }, { target: { name: 'api' } }],
    };
    expect(valuesOf(matrix)).toEqual([{ target: { name: 'web', node: 20 } }]);
  });

  test('matches sequences by position', () => {
    const matrix = {
      pair: [
        [1, 2],
        [1, 3],
      ],
      exclude: [{ pair: [1, 3] }],
    };
    expect(valuesOf(matrix)).toEqual([{ pair: [1, 2] }]);
  });

  test('works before include', () => {
    const matrix = { a: [1, 2], exclude: [{ a: 2 }], include: [{ a: 2, b: 3 }] };
    expect(valuesOf(matrix)).toEqual([{ a: 1 }, { a: 2, b: 3 }]);
  });

  test('of everything leaves no leg', () => {
    expect(valuesOf({ a: [1], exclude: [{ a: 1 }] })).toEqual([]);
  });
});

test('names show scalars at any depth, and neither null nor empty texts', () => {
  const matrix = { a: [null, '', true, { b: 'x', c: { d: [1, 2] }, e: null }] };
  expect(shownOf(matrix)).toEqual(['', '', 'true', 'x, 1, 2']);
});

test('256 legs are allowed, one more is not', () => {
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
  expect(valuesOf({ a: numbers(16), b: numbers(16) })).toHaveLength(256);
  expect(valuesOf({ a: numbers(257) })).toBe('The matrix yields more than 256 legs.');
  expect(valuesOf({ a: numbers(256), include: [{ a: -1 }] })).toBe('The matrix yields more than 256 legs.');
  expect(valuesOf({ a: numbers(2000), b: numbers(2000) })).toContain('combinations');
});

test.each<[string, Value, string]>([
  ['is a text', 'x', 'The matrix is not a mapping.'],
  ['is null', null, 'The matrix is not a mapping.'],
  ['is empty', {}, 'The matrix has neither a vector nor an include.'],
  ['has an empty include alone', { include: [] }, 'The matrix has neither a vector nor an include.'],
  ['has an empty vector', { a: [] }, "The matrix vector 'a' has no values."],
  ['has a vector that is a text', { a: 'x' }, "The matrix vector 'a' is not a sequence."],
  [
    'has an include that is a mapping',
    { a: [1], include: { a: 1 } },
    "The matrix's include is not a sequence.",
  ],
  [
    'has an include of texts',
    { a: [1], include: ['x'] },
    "The matrix's include has an entry that is not a mapping.",
  ],
  ['has an empty exclude entry', { a: [1], exclude: [{}] }, "The matrix's exclude has an empty entry."],
  [
    'excludes by a key it does not have',
    { a: [1], exclude: [{ b: 1 }] },
    "The matrix excludes by 'b', which is none of its vectors.",
  ],
])('a matrix that %s is invalid', (_, matrix, reason) => {
  expect(valuesOf(matrix)).toBe(reason);
});
