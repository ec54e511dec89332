import { describe, expect, it } from 'vitest';
import { readMatrixChoices } from './matrix-choices.ts';

describe('what --matrix is given', () => {
  it('is a key and a value, which may hold colons and blanks', () => {
    expect(readMatrixChoices(['node:22', 'image: registry:5000/a b']).choices).toEqual([
      { key: 'node', values: ['22'] },
      { key: 'image', values: ['registry:5000/a b'] },
    ]);
  });

  it('may name several values of a key, however the key is written', () => {
    expect(readMatrixChoices(['node:20', 'Node:22']).choices).toEqual([
      { key: 'node', values: ['20', '22'] },
    ]);
  });

  it.each(['node', 'node:', ':22', '', 'node=22'])('is refused as %j', (typed) => {
    const { choices, mistakes } = readMatrixChoices([typed]);
    expect(choices).toEqual([]);
    expect(mistakes).toEqual([
      { message: `--matrix '${typed}' is not KEY:VALUE`, mend: 'Write e.g. --matrix node:22.' },
    ]);
  });
});
